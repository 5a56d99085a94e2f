"""The ways a venue lets its guests pay, in its own order, within its own limits."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from core.domain.pricing import read_tip
from core.domain.statuses import Method, Provider


class Way(StrEnum):
    """One way to pay: a prompt on the phone, a link of one of two providers, or money over the bar."""

    MPESA = "MPESA"
    PESAPAL = "PESAPAL"
    PAYSTACK = "PAYSTACK"
    CASH = "CASH"


PROVIDERS = {
    Way.MPESA: Provider.KOPOKOPO,
    Way.PESAPAL: Provider.PESAPAL,
    Way.PAYSTACK: Provider.PAYSTACK,
    Way.CASH: Provider.CASH,
}
METHODS = {Way.MPESA: Method.MPESA, Way.PESAPAL: Method.CARD, Way.PAYSTACK: Method.CARD, Way.CASH: Method.CASH}
LINKS = frozenset({Way.PESAPAL, Way.PAYSTACK})

LARGEST = Decimal(10) ** 6
# M-Pesa's own ceiling for one transaction; Paystack takes no less than three shillings.
BOUNDS = {Way.MPESA: (Decimal(1), Decimal(250_000)), Way.PAYSTACK: (Decimal(3), LARGEST)}
ANY = (Decimal(1), LARGEST)
MOST_TIPS = 8
LONGEST_HOLD = 24 * 60
KNOWN = frozenset({"limits", "tips", "cash_minutes", "page", "link_minutes"})


@dataclass(frozen=True)
class Paying:
    """`limits` are least and most by way, both included; `tips` what is offered, none for no such step; `cash_minutes`
    how long an order waits for its money at the bar; `page`: guests may confirm and pay on a web page; `link_minutes`
    how long a provider's page is good, none for as long as stock is held."""

    limits: Mapping[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    tips: tuple[str, ...] = ()
    cash_minutes: int = 30
    page: bool = True
    link_minutes: int | None = None

    def takes(self, way: Way, amount: Decimal) -> bool:
        """Whether so much may be paid this way."""
        (least, most), (lowest, highest) = self.limits.get(way, ANY), BOUNDS.get(way, ANY)
        return max(least, lowest) <= amount <= min(most, highest)


def ways(offered: Iterable[str], paying: Paying, amount: Decimal | None, down: Iterable[str] = ()) -> tuple[Way, ...]:
    """The ways this amount (None: not known) can be paid just now, in the venue's order.

    `down`: providers that do not answer; where nothing else is left, they are tried all the same.
    """
    known = (Way(one) for one in offered if one in Way.__members__)
    fitting = tuple(way for way in known if amount is None or paying.takes(way, amount))
    resting = frozenset(down)
    return tuple(way for way in fitting if PROVIDERS[way] not in resting) or fitting


def read_ways(value: object) -> list[str]:
    """The ways a venue offers. Raises ValueError naming what is none."""
    if not isinstance(value, list) or not value or any(one not in Way.__members__ for one in value):
        raise ValueError(f"payment_methods: must be a list of {', '.join(Way)}")
    return list(dict.fromkeys(value))


def read_paying(data: Mapping[str, Any]) -> Paying:
    """The rules as the workspace keeps them; what is left out is the default. Raises ValueError naming the mistake."""
    if not isinstance(data, Mapping) or (strange := set(data) - KNOWN):
        raise ValueError(f"paying: {', '.join(sorted(strange)) if isinstance(data, Mapping) else data!r} is not known")
    tips = data.get("tips", [])
    if not isinstance(tips, list) or len(tips) > MOST_TIPS:
        raise ValueError(f"tips: must be a list of at most {MOST_TIPS}")
    return Paying(
        {name: _limit(name, value) for name, value in _mapping(data.get("limits", {})).items()},
        tuple(dict.fromkeys(map(read_tip, tips))),
        _minutes(data.get("cash_minutes", Paying.cash_minutes)),
        _switch(data.get("page", True)),
        _minutes(data["link_minutes"], "link_minutes") if data.get("link_minutes") is not None else None,
    )


def written_paying(paying: Paying) -> dict[str, Any]:
    """Inverse of `read_paying`."""
    limits = {name: {"least": str(least), "most": str(most)} for name, (least, most) in paying.limits.items()}
    switches = {"cash_minutes": paying.cash_minutes, "page": paying.page, "link_minutes": paying.link_minutes}
    return {"limits": limits, "tips": list(paying.tips), **switches}


def _limit(name: str, value: Any) -> tuple[Decimal, Decimal]:
    if name not in Way.__members__ or not isinstance(value, Mapping) or set(value) - {"least", "most"}:
        raise ValueError(f"limits: {name!r} must be one of {', '.join(Way)}, with 'least' and 'most'")
    least, most = _amount(value.get("least", ANY[0])), _amount(value.get("most", ANY[1]))
    if least > most:
        raise ValueError(f"limits: {name} takes nothing between {least} and {most}")
    return least, most


def _amount(value: Any) -> Decimal:
    try:
        found = Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError(f"limits: {value!r} is no amount") from error
    if not (found.is_finite() and 0 < found <= LARGEST and found == found.to_integral_value()):
        raise ValueError("limits: must be whole shillings")
    return found


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError(f"limits: {value!r} must name ways")
    return value


def _minutes(value: Any, name: str = "cash_minutes") -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= LONGEST_HOLD:
        raise ValueError(f"{name}: must be 1 to {LONGEST_HOLD}")
    return value


def _switch(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"page: {value!r} must be true or false")
    return value
