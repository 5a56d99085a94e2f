"""Network printers in the house."""
