"""What stands on receipts and closings, and how it is drawn."""
