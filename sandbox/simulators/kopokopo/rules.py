"""What becomes of a prompt when nobody holds the phone, and what goes wrong around it."""

from dataclasses import dataclass, field
from typing import Any

SUCCESS = "success"
ASK = "ask"
UNANSWERED = "unanswered"
CALLBACKS = ("once", "twice", "late", "never", "before_answer")
ANSWERS = ("ok", "timeout", "500", "garbage", "html", "empty", "429", "401", "403", "400", "404")

# M-Pesa's own words, as Kopo Kopo passes them on.
FAILURES = {
    "wrong_pin": "The initiator information is invalid.",
    "no_balance": "The balance is insufficient for the transaction",
    "cancelled": "Request cancelled by user",
    UNANSWERED: "DS timeout user cannot be reached.",
    "expired": "Transaction has expired",
    "busy": "Unable to lock subscriber, a transaction is already in process for the current subscriber",
    "push_failed": "Error Occurred while sending push request.",
    "network_busy": "System busy. The service request is rejected.",
    "network_error": "System internal error.",
}
SUCCESSES = (SUCCESS, "late", "twice", "reversed", "fails_then_pays")
OUTCOMES = (*SUCCESSES, *FAILURES, ASK, "timeout_after_charging")


@dataclass
class Rule:
    """The fate of prompts (on one phone, where named; only the next `times`, where counted)."""

    outcome: str = SUCCESS
    phone: str = ""
    delay: float | None = None
    callback: str = "once"
    answer: str = "ok"
    times: int | None = None
    amount: int | None = None
    charges: bool = True

    def __post_init__(self) -> None:
        """Refuse what nobody knows, and read a combined outcome as what it is made of."""
        if self.outcome not in OUTCOMES or self.callback not in CALLBACKS or self.answer not in ANSWERS:
            raise ValueError(f"unknown outcome, callback or answer: {self.outcome}, {self.callback}, {self.answer}")
        self.phone = self.phone.lstrip("+")
        if self.outcome == "timeout_after_charging":
            self.outcome, self.answer = SUCCESS, "timeout"
        # A refusal means that no prompt went out; any other wrong answer leaves that open, and it did.
        self.charges = self.charges and not self.answer.startswith("4")


@dataclass
class Fault:
    """The next `times` calls of `where` (token, start, poll, list, reversals, send_money, payment_links) are answered
    with `answer` and do nothing."""

    where: str
    answer: str
    times: int = 1


@dataclass
class Timing:
    """Seconds. Real prompts take 5 to 40 s; here a newcomer should not have to wait."""

    prompt_after: float = 0.4
    decide_after: float = 0.8
    callback_after: float = 0.3
    dialog_life: float = 60.0
    late_by: float = 30.0
    then_after: float = 3.0
    token_life: float = 3600.0
    refund_after: float = 0.2


@dataclass
class KopoKopoFaults:
    """See `sandbox.simulators.switchboard` for each field's meaning."""

    rules: list[Rule] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    timing: Timing = field(default_factory=Timing)
    buygoods: str = "after"
    refunds: str = "done"
    refund_callback: bool = True

    def change(self, wanted: dict[str, Any]) -> None:
        """Take over what a control request asks for: times, a fault, or a rule."""
        wanted = dict(wanted)
        for name in vars(self.timing).keys() & wanted.keys():
            setattr(self.timing, name, float(wanted.pop(name)))
        for name in {"buygoods", "refunds", "refund_callback"} & wanted.keys():
            setattr(self, name, wanted.pop(name))
        if "fault" in wanted:
            self.faults.append(Fault(**wanted.pop("fault")))
        if wanted:
            self.rules.append(Rule(**wanted))

    def reset(self) -> None:
        """Nothing goes wrong any more."""
        vars(self).update(vars(KopoKopoFaults()))

    def rule_for(self, phone: str) -> tuple[Rule, bool]:
        """The latest rule for this phone, else the latest for all; whether it names the phone."""
        for named in (phone, ""):
            for rule in reversed(self.rules):
                if rule.phone == named and rule.times != 0:
                    rule.times = None if rule.times is None else rule.times - 1
                    return rule, bool(named)
        return Rule(), False

    def fault_at(self, where: str) -> str:
        """The answer to give in place of the real one, or "" for none."""
        for fault in self.faults:
            if fault.where == where and fault.times > 0:
                fault.times -= 1
                return fault.answer
        return ""
