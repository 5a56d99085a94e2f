"""Plain Python, no I/O: one guest's conversation as a table of states."""
