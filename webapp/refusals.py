"""What a command says where something is refused: a sentence for whoever typed it, not a stack trace."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click

from core.errors import OutcomeUnknown, Rejected, TryAgain

NO_VENUE = "No venue has this slug."


@contextmanager
def refusals(sentences: Mapping[str, str], unanswered: str = "") -> Iterator[None]:
    """`sentences` by the reason of a refusal; `unanswered` where the command asks somebody else."""
    try:
        yield
    except Rejected as error:
        raise click.ClickException(sentences[error.reason].format(error.detail)) from None
    except (TryAgain, OutcomeUnknown):
        if not unanswered:
            raise
        raise click.ClickException(unanswered) from None
