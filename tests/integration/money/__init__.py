"""Money over real sockets and in a real database."""
