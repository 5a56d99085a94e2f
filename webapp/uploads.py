"""Photos as phones take them are larger than anything else that is posted here: the page that takes them has room."""

from flask import Flask, request

LARGEST = 16 * 1024 * 1024
TAKING = frozenset({"admin.save_picture"})


def register(app: Flask) -> None:
    """Before anything reads the form. What is larger still is refused unread."""

    @app.before_request
    def make_room() -> None:
        if request.endpoint in TAKING:
            request.max_content_length = LARGEST
