"""One simulator process for all providers; every test begins with nothing said and nobody paid."""

from collections.abc import Iterator

import pytest

from core.cipher import Cipher, install
from core.domain.statuses import Provider, Start
from core.providers.http import Http
from core.store.redis.store import Store
from sandbox.simulators.control import Simulators
from tests.contract.tills import VALUES, Till
from tests.simulating import simulating
from tests.sink import Sink, listening

WAYS = [
    (Provider.KOPOKOPO, Start.PROMPT),
    (Provider.KOPOKOPO, Start.LINK),
    (Provider.PESAPAL, Start.LINK),
    (Provider.PAYSTACK, Start.LINK),
]


def name(way: tuple[Provider, Start]) -> str:
    """Shown with each test."""
    return "-".join(way).lower()


@pytest.fixture(scope="session")
def running_sink() -> Iterator[Sink]:
    with listening() as sink:
        yield sink


@pytest.fixture(scope="session")
def simulated(running_sink: Sink) -> Iterator[str]:
    with simulating(VALUES, running_sink.url) as url:
        yield url


@pytest.fixture
def simulators(simulated: str, running_sink: Sink) -> Simulators:
    found = Simulators(simulated)
    found.reset()
    found.kopokopo.set(prompt_after=0, callback_after=0, refund_after=0)
    found.kopokopo.rule("ask")
    for cards in (found.pesapal, found.paystack):
        cards.set(refund_after=0)
    running_sink.clear()
    return found


@pytest.fixture(params=WAYS, ids=name)
def till(
    request: pytest.FixtureRequest, simulators: Simulators, simulated: str, running_sink: Sink, store: Store
) -> Iterator[Till]:
    """Every way of paying that a provider has."""
    install(Cipher(("a key of these tests",)))
    http = Http()
    provider, start = request.param
    yield Till(provider, start, simulators, running_sink, http, store, simulated)
    http.close()


def only(*providers: Provider, start: Start | None = None) -> pytest.MarkDecorator:
    """For some of them only."""
    fitting = [way for way in WAYS if way[0] in providers and start in (None, way[1])]
    return pytest.mark.parametrize("till", fitting, indirect=True, ids=name)
