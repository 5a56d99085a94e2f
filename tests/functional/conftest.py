"""One product for the whole suite."""

from collections.abc import Iterator

import pytest

from sandbox.simulators.control import Simulators
from tests.product import Product


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product, running."""
    with Product(tmp_path_factory.mktemp("product")) as running:
        yield running


@pytest.fixture
def simulators(product: Product) -> Simulators:
    """The simulated providers, all switches back."""
    product.simulators.reset()
    return product.simulators
