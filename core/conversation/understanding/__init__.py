"""Reading what guests write: words, numbers, keywords and whole orders, in English and Swahili."""
