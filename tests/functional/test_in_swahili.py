"""The whole way in Swahili, through the running product: from habari to the receipt."""

from sandbox.simulators.control import Simulators
from sandbox.simulators.guest import Guest
from tests.functional.outside import Outside


def test_a_guest_orders_and_pays_in_swahili(outside: Outside, simulators: Simulators, guest: Guest) -> None:
    staff = outside.staff()
    stream = staff.changes(after=staff.board()["stream"])
    guest.holds_the_phone()
    guest.says("habari")
    guest.reads("chagua kwenye menyu")
    guest.taps("Chakula")
    guest.taps("Mabawa ya kuku")
    guest.reads("ungependa ngapi")
    guest.says("mbili")
    guest.reads("mabawa ya kuku")
    guest.says("naomba maji moja, meza ya 7")
    guest.taps("Lipa na M-Pesa")
    guest.reads("angalia simu yako")
    assert int(guest.pays()["amount"]) == 2 * 900 + 100
    guest.reads("risiti ya m-pesa")

    order = next(change["order"] for change in stream if change["order"]["guest"] == guest.name)
    names = [(item["quantity"], item["name"]) for item in order["items"]]
    assert names == [(2, "Chicken Wings"), (1, "Mineral Water")], "the bar reads its own names"
    assert staff.moves(order, "READY").status_code == 200
    guest.reads("iko tayari")
