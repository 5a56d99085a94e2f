"""What the books make of money, without a database."""
