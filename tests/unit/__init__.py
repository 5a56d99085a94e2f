"""Facts that need nothing but Python."""
