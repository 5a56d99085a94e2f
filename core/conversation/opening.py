"""What is shut just now, in words, with the time it opens again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date

from core.conversation import catalogues, figures, texts
from core.conversation.here import Here
from core.domain.hours import Schedule, Shut, next_opening, orders_until, served, served_from
from core.domain.menu import Product

OWN_HOURS = (Shut.KITCHEN, Shut.BAR, Shut.ALCOHOL)


def shut(here: Here, product: Product) -> Shut | None:
    """Why this cannot be ordered just now."""
    hours = here.menu.venue.hours
    why = None if hours.always else hours.shut(product.kitchen, product.alcoholic, here.now)
    return why or (Shut.ITEM if product.hours and not served(product.hours, here.now) else None)


def house_shut(here: Here) -> str:
    """That nothing can be ordered just now; empty where something can."""
    hours = here.menu.venue.hours
    if hours.always or hours.shut(True, False, here.now) is not Shut.HOUSE:
        return ""
    return why(here, Shut.HOUSE)


def why(here: Here, reason: Shut, names: Sequence[str] = ()) -> str:
    """Why these cannot be ordered, and from when they can."""
    opens = here.menu.venue.hours.opens(reason, here.now)
    said = figures.in_words(list(names))
    if opens is None or opens <= here.now:
        return here.say(texts.SHUT_FOR_NOW[reason], names=said)
    return here.say(texts.SHUT[reason], names=said, when=_when(here, opens))


def said(here: Here, refused: Sequence[tuple[Shut, Product | str]]) -> list[str]:
    """A sentence for each reason, and one for each product that keeps hours of its own; some are but a name."""
    sentences = []
    for reason in Shut:
        mine = [product for why, product in refused if why == reason]
        if reason is Shut.ITEM:
            sentences += [_not_yet(here, product) for product in mine]
        elif mine:
            sentences.append(why(here, reason, [_name(here, product) for product in mine]))
    return sentences


def _not_yet(here: Here, product: Product | str) -> str:
    opens = None if isinstance(product, str) else served_from(product.hours, here.now)
    names = _name(here, product)
    if opens is None or opens <= here.now:
        return here.say(texts.SHUT_FOR_NOW[Shut.ITEM], names=names)
    return here.say(texts.SHUT[Shut.ITEM], names=names, when=_when(here, opens))


def _name(here: Here, product: Product | str) -> str:
    return product if isinstance(product, str) else product.called(here.language)


def later(here: Here, product: Product) -> str:
    """From when this is served, where it is not just now; of a closed house the list is told once, above it."""
    why = shut(here, product)
    if why is Shut.ITEM:
        opens = served_from(product.hours, here.now)
        return here.say(texts.FROM, when=_soon(here, opens)) if opens else here.say(texts.NOT_NOW)
    return _hours(here, why) if why in OWN_HOURS else ""


def times(here: Here) -> str:
    """What is open now and how long, a line for whatever keeps hours of its own."""
    if closed := house_shut(here):
        return closed
    hours = here.menu.venue.hours
    until = orders_until(hours.house, here.now)
    house = here.say(texts.OPEN_UNTIL, when=_soon(here, until)) if until else here.say(texts.OPEN_NOW)
    parts = [why for why in OWN_HOURS if not getattr(hours, why.value).always]
    return "\n".join([house, *(here.say(texts.HOURS_OF[part], hours=_hours(here, part)) for part in parts)])


def _hours(here: Here, part: Shut) -> str:
    schedule: Schedule = getattr(here.menu.venue.hours, part.value)
    opens = next_opening(schedule, here.now)
    if opens is None:
        return here.say(texts.NOT_NOW)
    if opens > here.now:
        return here.say(texts.FROM, when=_soon(here, opens))
    until = orders_until(schedule, here.now)
    return here.say(texts.UNTIL, when=_soon(here, until)) if until else here.say(texts.ALL_DAY)


def _soon(here: Here, moment: datetime) -> str:
    """Within a day the time alone says it."""
    if moment - here.now >= timedelta(hours=20):
        return _when(here, moment)
    return f"{moment.astimezone(ZoneInfo(here.menu.venue.timezone)):%H:%M}"


def _when(here: Here, moment: datetime) -> str:
    zone = ZoneInfo(here.menu.venue.timezone)
    then, today = moment.astimezone(zone), here.now.astimezone(zone).date()
    clock = f"{then:%H:%M}"
    if (days := (then.date() - today).days) < 2:
        return here.say(texts.WHEN_TOMORROW if days else texts.WHEN_TODAY, time=clock)
    day = format_date(then.date(), "EEEE d MMMM", locale=catalogues.locale(here.language))
    return here.say(texts.WHEN_DAY, day=day, time=clock)
