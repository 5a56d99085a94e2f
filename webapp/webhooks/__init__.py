"""Webhooks: prove who speaks, keep what they say, answer at once."""
