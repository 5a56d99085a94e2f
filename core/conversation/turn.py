"""The result of one event: the next session, what to say, and what to do."""

from dataclasses import dataclass, field
from typing import Any

from core.conversation.effects import Effect
from core.conversation.profile import Profile
from core.conversation.replies import Reply
from core.conversation.session import Session


@dataclass(frozen=True)
class Turn:
    """Without effects it is final. With effects it is a plan: `flow.conclude` makes the final turn from the outcomes.

    `quiet_for` names the payment whose PIN dialog is about to open: everything but a `prompt` reply waits until that
    payment's outcome (which sets `quiet_over` to the same id) or a short limit. `known`: what is known of the guest
    from now on, where this turn changes it.
    """

    session: Session
    replies: tuple[Reply, ...] = ()
    effects: tuple[Effect, ...] = ()
    quiet_for: str = ""
    quiet_over: str = ""
    note: dict[str, Any] = field(default_factory=dict)
    known: Profile | None = None

    def to_plan(self) -> dict[str, Any]:
        """JSON-ready plan, stored on the event before the first effect (rule 3)."""
        replies = [r.to_dict() for r in self.replies]
        return {"session": self.session.to_dict(), "replies": replies, "effects": list(self.effects), "note": self.note}

    @classmethod
    def from_plan(cls, plan: dict[str, Any]) -> "Turn":
        """The turn as it was decided, whatever the menu, clock or session say now."""
        replies = tuple(Reply.from_dict(r) for r in plan["replies"])
        return cls(Session.from_dict(plan["session"]), replies, tuple(plan["effects"]), note=plan["note"])
