"""The books, in a real database: what goes back, what nobody knows, what a shift came to."""
