"""Dead letters, and what staff write to guests, on real servers."""
