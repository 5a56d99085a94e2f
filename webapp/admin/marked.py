"""What WhatsApp draws of a text: *bold*, _italic_ and ~struck out~; staff see it as the guest does."""

import re

from flask import Blueprint
from markupsafe import Markup, escape

# A sign counts at the edges of words alone, and never over a line's end.
MARKED = re.compile(r"(?<!\w)([*_~])(?=\S)((?:(?!\1)[^\n])+)(?<=\S)\1(?!\w)")
DRAWN = {"*": Markup("<strong>{}</strong>"), "_": Markup("<em>{}</em>"), "~": Markup("<s>{}</s>")}


def register(admin: Blueprint) -> None:
    """Make both known to the templates."""
    admin.add_app_template_filter(marked, "marked")
    admin.add_app_template_filter(unmarked, "unmarked")


def marked(text: str) -> Markup:
    """The text with its signs drawn; whatever else stands in it is only text."""
    drawn, at = Markup(), 0
    for hit in MARKED.finditer(text):
        drawn += escape(text[at : hit.start()]) + DRAWN[hit[1]].format(marked(hit[2]))
        at = hit.end()
    return drawn + escape(text[at:])


def unmarked(text: str) -> str:
    """The text without these signs, for where one line of it is shown."""
    return MARKED.sub(lambda hit: unmarked(hit[2]), text)
