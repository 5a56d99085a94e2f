"""What a bar knows, without a database."""
