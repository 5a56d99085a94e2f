"""Whether a guest who reads Swahili was told something in English."""

import re

from core.conversation.catalogues import SWAHILI, Text, templates
from core.conversation.turn import Turn

SHORTEST = 12


def _pieces(text: Text) -> set[str]:
    """What stands in a text besides its braces, where it is long enough to be known again."""
    forms = (text,) if isinstance(text, str) else text
    return {piece.strip() for form in forms for piece in re.split(r"\{\w+\}", form) if len(piece.strip()) >= SHORTEST}


SWAHILI_TEXT = "\n".join(piece for text in templates(SWAHILI).values() for piece in _pieces(text))
ENGLISH = {piece for text in templates(SWAHILI) for piece in _pieces(text) if piece not in SWAHILI_TEXT}


def check_language(turn: Turn) -> None:
    """Nothing of ours in English once the guest is spoken to in Swahili."""
    if turn.session.language == SWAHILI:
        for reply in turn.replies:
            told = [reply.body, *(b.title for b in reply.buttons), *(f"{r.title} {r.description}" for r in reply.rows)]
            assert not [piece for piece in ENGLISH if piece in "\n".join(told)]
