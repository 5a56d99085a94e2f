"""What gunicorn and `flask` load: one application per process."""

from webapp import create_app

app = create_app()
