"""What can be said of PostgreSQL without one."""
