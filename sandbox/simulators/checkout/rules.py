"""What becomes of a page when nobody looks at it, and what goes wrong around it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.simulators.server import Response, answer_json

ASK, PAY, MPESA, FAIL, LEAVE = "ask", "pay", "mpesa", "fail", "leave"
DECISIONS = (PAY, MPESA, FAIL, LEAVE)
NOTICES = ("once", "twice", "late", "never")
ANSWERS = ("500", "429", "401", "garbage", "half", "html", "silence")
BODY = b'{"status":true,"message":"half of what was to be said","data":{"id":12'


@dataclass
class Fault:
    """The next `times` calls of `where` are answered with `answer`; with `after` they do their work first."""

    where: str
    answer: str
    times: int = 1
    after: bool = False

    def __post_init__(self) -> None:
        """Refuse what nobody knows."""
        if self.answer not in ANSWERS:
            raise ValueError(f"unknown answer: {self.answer}")


@dataclass
class CheckoutFaults:
    """`outcome`: what guests do by themselves after `delay`, or ask; times are seconds."""

    outcome: str = ASK
    delay: float = 0.0
    notice: str = "once"
    late_by: float = 5.0
    refund_after: float = 0.2
    refund: str = "done"
    amount: int | None = None
    currency: str = ""
    faults: list[Fault] = field(default_factory=list)

    def change(self, wanted: dict[str, Any]) -> None:
        """Take over what a control request asks for."""
        wanted = dict(wanted)
        if "fault" in wanted:
            self.faults.append(Fault(**wanted.pop("fault")))
        if wanted.keys() - vars(self).keys():
            raise ValueError(f"unknown: {', '.join(wanted)}")
        if wanted.get("outcome", ASK) not in (ASK, *DECISIONS) or wanted.get("notice", "once") not in NOTICES:
            raise ValueError("unknown outcome or notice")
        vars(self).update(wanted)

    def reset(self) -> None:
        """Nothing goes wrong any more."""
        vars(self).update(vars(CheckoutFaults()))

    def around(self, where: str, work: Callable[[], Any]) -> Any:
        """What a call answers: its own work, or what goes wrong now, in place of it or after it."""
        fault = self._fault_at(where)
        if fault is None:
            return work()
        if fault.after:
            work()
        return _wrong(fault.answer)

    def _fault_at(self, where: str) -> Fault | None:
        for fault in self.faults:
            if fault.where == where and fault.times > 0:
                fault.times -= 1
                return fault
        return None


def _wrong(answer: str) -> Response | None:
    """One of the ways in which an answer goes wrong; None for a connection that is closed without a word."""
    if answer == "garbage":
        return Response(200, b'}{"data": [nonsense')
    if answer == "html":
        return Response(502, b"<html><body><h1>502 Bad Gateway</h1></body></html>", "text/html")
    if answer == "half":
        return Response(200, BODY, cut=20)
    if answer == "silence":
        return None
    return answer_json({"status": False, "message": "no"}, int(answer))
