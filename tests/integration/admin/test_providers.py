"""Staff see which payment providers answer."""

from core.store.redis import circuits
from tests.integration.admin.venue import Venue


def test_a_provider_that_is_given_a_rest_is_shown(venue: Venue) -> None:
    browser = venue.signed_in()
    calm = browser.get("/admin/queues").text
    assert "Payment providers" in calm and "Kopo Kopo (M-Pesa)" in calm
    assert "not asked for" not in calm
    circuit = circuits.Circuit(venue.program.store.scripts, "paystack")
    for _ in range(circuits.FAILURES):
        circuit.leave(healthy=False)
    assert "guests are offered the other ways" in browser.get("/admin/queues").text
    circuit.leave(healthy=True)
    assert "not asked for" not in browser.get("/admin/queues").text
