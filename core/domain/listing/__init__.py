"""Lists of many rows: what their columns are, what was asked of them, and the address that says so. No I/O."""
