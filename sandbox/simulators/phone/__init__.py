"""A guest's phone in the browser."""
