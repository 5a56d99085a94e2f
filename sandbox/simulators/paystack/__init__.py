"""Paystack's API and its signed events."""
