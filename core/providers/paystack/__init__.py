"""Paystack: a page that takes cards and mobile money. Amounts are cents; a failure is never told, only asked for."""
