"""Guests over several evenings, through real stores."""
