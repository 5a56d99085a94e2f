"""The pages' own files, asked for by what is in them: a browser keeps each for good, and gets the new one at once."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

FOR_GOOD = "public, max-age=31536000, immutable"
A_WEEK = "public, max-age=604800"


def register(app: Flask) -> None:
    """Every address made for a file carries its mark. Modules import each other without one and are asked for anew."""
    folder = Path(app.static_folder or "")

    @app.url_defaults
    def mark(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "filename" in values:
            values.setdefault("v", _mark(folder / values["filename"]))

    @app.after_request
    def keep(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code < 400:
            if "v" in request.args:
                response.headers["Cache-Control"] = FOR_GOOD
            elif request.path.endswith(".woff2"):  # named by the style sheet, which knows no marks
                response.headers["Cache-Control"] = A_WEEK
        return response


def _mark(path: Path) -> str | None:
    try:
        changed = path.stat().st_mtime_ns
    except OSError:  # a name without a file: its address answers 404
        return None
    return _hashed(path, changed)


@lru_cache(maxsize=256)
def _hashed(path: Path, changed: int) -> str:
    """Of the file as it was at that time; read again only after a change."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
