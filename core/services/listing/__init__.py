"""Lists of many rows over PostgreSQL: each is declared once, and read a page at a time."""
