"""Which providers guests are not offered just now: looked up once a second per process, not once per message."""

from time import monotonic
from weakref import WeakKeyDictionary

from core.services.payment_accounts import providers_down
from core.store.redis.store import Store

KEPT_SECONDS = 1.0

_known: WeakKeyDictionary[Store, tuple[float, tuple[str, ...]]] = WeakKeyDictionary()


def resting(store: Store) -> tuple[str, ...]:
    """The names of those that do not answer; none where nobody knows."""
    until, down = _known.get(store, (0.0, ()))
    if monotonic() >= until:
        down = tuple(sorted(providers_down(store)))
        _known[store] = (monotonic() + KEPT_SECONDS, down)
    return down
