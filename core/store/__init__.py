"""Where things are kept: PostgreSQL (sql) and the mailbox store (redis)."""
