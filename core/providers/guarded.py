"""HTTP towards one provider: in its turn, and not at all while the provider is down. Every call is counted."""

from collections.abc import Mapping
from typing import Any, Protocol

from core import metrics
from core.errors import OutcomeUnknown, TryAgain
from core.log import get_logger
from core.providers.http import Answer, Http, repeatable

log = get_logger(__name__)


class CircuitOpen(TryAgain):
    """The provider failed too often a moment ago: nothing was sent."""


class Circuit(Protocol):
    """Whether a provider is worth asking, as all processes see it."""

    def enter(self) -> bool:
        """True where a call may begin; whoever was let in says how it went."""

    def leave(self, healthy: bool) -> bool:
        """The call is over. True where it was the failure that gives the provider a rest."""


class Pace(Protocol):
    """So many calls a second and no more, all processes together."""

    def wait(self) -> None:
        """Until it is this call's turn. Raises TryAgain where that would take too long."""


class Guarded:
    """One provider's way out of the house."""

    def __init__(self, provider: str, http: Http, circuit: Circuit, pace: Pace) -> None:
        self._provider = provider
        self._http = http
        self._circuit = circuit
        self._pace = pace

    def send(
        self,
        call: str,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        payload: Any = None,
        form: Mapping[str, str] | None = None,
        seconds: float,
        in_turn: bool = False,
    ) -> Answer:
        """As `Http.send`. `call` is a name for the figures; `in_turn`: the caller has waited already.

        A 5xx, and no answer, speak against the provider; any other answer shows that it is there.
        """
        if not in_turn:
            self._pace.wait()
        if not self._circuit.enter():
            self._count(call, "circuit_open")
            raise CircuitOpen("the provider is down")
        try:
            answer = self._http.send(method, url, headers=headers, payload=payload, form=form, seconds=seconds)
        except (TryAgain, OutcomeUnknown) as error:
            self._leave(healthy=False)
            self._count(call, type(error).__name__)
            raise
        self._leave(healthy=answer.status < 500)
        self._count(call, f"{answer.status // 100}xx")
        return answer

    def ask(self, call: str, method: str, url: str, **how: Any) -> Answer:
        """As `Http.ask`."""
        return repeatable(lambda: self.send(call, method, url, **how))

    def _leave(self, healthy: bool) -> None:
        if self._circuit.leave(healthy):
            metrics.circuits_opened.labels(self._provider).inc()
            log.error("circuit_opened", provider=self._provider)

    def _count(self, call: str, result: str) -> None:
        metrics.provider_calls.labels(self._provider, call, result).inc()
