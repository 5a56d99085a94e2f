"""Kopo Kopo: M-Pesa prompts, how they stand, and what comes into the till."""
