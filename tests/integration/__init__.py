"""Facts about real PostgreSQL, real Redis and real sockets."""
