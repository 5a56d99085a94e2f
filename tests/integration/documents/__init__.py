"""Invoices, documents, and the tax authority, on real servers."""
