"""Pesapal 3.0: a page that takes cards and mobile money. What it posts is only a hint to go and ask."""
