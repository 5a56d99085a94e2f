"""Killing, freezing and cutting, and what must hold afterwards."""
