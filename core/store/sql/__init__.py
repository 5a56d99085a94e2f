"""PostgreSQL: the tables, and functions that run inside a caller's transaction."""
