"""Celery tasks: each unpacks, calls one service, done."""
