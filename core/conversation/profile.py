"""What the house knows of a guest beyond one evening: a copy of their row, kept beside the session."""

from dataclasses import dataclass
from typing import Any

# What a venue may ask of a guest for its own books, each of which may be refused.
DETAILS = ("name", "email", "birthday")


@dataclass(frozen=True)
class Profile:
    """`age_confirmed_at` is a date, empty where the age was never told. `asked` are the details given or refused.

    `phones` paid before, the newest first. `known` is false where nobody has looked the guest up.
    `discount` is the guest's own, in percent. `blocked`: they order from staff only; `turned_away`: and were told so.
    """

    known: bool = False
    name: str = ""
    age_confirmed_at: str = ""
    language: str = ""
    stopped: bool = False
    phones: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    discount: str = ""
    blocked: bool = False
    turned_away: bool = False

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; `of` reads it back."""
        return vars(self) | {"phones": list(self.phones), "asked": list(self.asked)}

    @classmethod
    def of(cls, data: dict[str, Any] | None) -> "Profile":
        """Inverse of `to_dict`; of nothing, nothing known."""
        if not data:
            return cls()
        # Written by the release before or after this one.
        read = {name: value for name, value in data.items() if name in cls.__dataclass_fields__}
        return cls(**read | {"phones": tuple(data["phones"]), "asked": tuple(data["asked"])})


UNKNOWN = Profile()
