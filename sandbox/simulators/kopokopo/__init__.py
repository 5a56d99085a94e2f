"""Kopo Kopo's API with M-Pesa and its prompts behind it."""
