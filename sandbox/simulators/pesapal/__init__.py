"""Pesapal's API 3.0 and its notifications."""
