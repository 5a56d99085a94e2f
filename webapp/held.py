"""What the application that serves this request or command holds."""

from typing import cast

from flask import current_app

from core.services.program import Program


def current_program() -> Program:
    """The program, made once per process."""
    return cast(Program, current_app.extensions["program"])
