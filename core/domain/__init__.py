"""Plain Python, no I/O: what a bar knows about orders, money, stock and phones."""
