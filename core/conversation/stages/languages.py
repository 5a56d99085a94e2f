"""In which language we talk: guessed from what the guest writes, until they ask for one."""

from core.conversation import texts
from core.conversation.catalogues import ENGLISH, SWAHILI
from core.conversation.here import Here, Move, Said, stay
from core.conversation.session import State
from core.conversation.understanding.languages import AT_FIRST, LATER, guessed


def heard(here: Here, said: Said) -> Here:
    """The same moment, in the language of what was just written."""
    session = here.session
    if session.language_chosen or not here.menu.venue.features.languages:
        return here
    first = session.state == State.GREETING and not here.known.language
    language = guessed(said.words, session.language, AT_FIRST if first else LATER)
    return here if language == session.language else here.at(session.but(language=language))


def speak_english(here: Here, args: tuple[str, ...]) -> Move:
    """Tap or word: English, please."""
    return _speak(here, ENGLISH)


def speak_swahili(here: Here, args: tuple[str, ...]) -> Move:
    """Tap or word: Kiswahili tafadhali."""
    return _speak(here, SWAHILI)


def _speak(here: Here, language: str) -> Move:
    if not here.menu.venue.features.languages:
        return stay(here, here.say(texts.ONE_LANGUAGE))
    now = here.at(here.session.but(language=language, language_chosen=True))
    return stay(now, now.say(texts.LANGUAGE_SET))
