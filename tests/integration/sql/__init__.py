"""Orders, stock and their tables in a real PostgreSQL."""
