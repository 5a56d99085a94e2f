"""Sending through the simulated Graph API: every code has its own behaviour."""
