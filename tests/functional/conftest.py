"""The product seen from outside, and guests who have never been there."""

import itertools
import time
from collections.abc import Callable

import pytest

from sandbox.simulators.control import Simulators
from sandbox.simulators.guest import Guest
from tests.functional.outside import Outside, new_name
from tests.product import Product

Newcomer = Callable[[], Guest]

_phones = itertools.count(int(time.time()) % 1_000_000 * 100)


@pytest.fixture
def simulators(product: Product) -> Simulators:
    """The simulated providers, all switches back."""
    product.simulators.reset()
    return product.simulators


@pytest.fixture
def outside(product: Product) -> Outside:
    """Meta, Kopo Kopo and staff."""
    return Outside(product)


@pytest.fixture
def newcomer(simulators: Simulators) -> Newcomer:
    """A guest nobody has seen before, with a name nobody else has."""
    return lambda: simulators.guest(f"2547{next(_phones):08d}", name=new_name())


@pytest.fixture
def guest(newcomer: Newcomer) -> Guest:
    """One newcomer."""
    return newcomer()
