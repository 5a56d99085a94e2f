"""The program itself. Knows neither Flask nor Celery."""
