"""Where every shilling lies: receipts and orders balance, and an entry leads from how one stood to how it stands."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from core.domain.ledger import Account, Key, Money, Position, Sale, entry, of_money, of_sale
from core.domain.money import vat_in
from core.domain.statuses import Provider, ReceiptState

A = Account


@st.composite
def receipts(draw: st.DrawFn) -> Money:
    amount = draw(st.integers(1, 10_000))
    refunding = draw(st.integers(0, amount))
    refunded = draw(st.integers(0, refunding))
    cash = draw(st.integers(0, refunded))
    back = draw(st.integers(0, amount))
    state, provider = draw(st.sampled_from(ReceiptState)), draw(st.sampled_from(Provider))
    sums = [Decimal(one) for one in (refunding, refunded, cash, back)]
    vat = vat_in(Decimal(amount), Decimal(16))
    return Money(provider, Decimal(amount), state, sums[0], sums[1], sums[2], sums[3], vat)


@st.composite
def sales(draw: st.DrawFn) -> Sale:
    tip = draw(st.integers(0, 500))
    total = draw(st.integers(tip + 1, 10_000))
    returned = draw(st.integers(0, total))
    vat = vat_in(Decimal(total - tip), Decimal(16))
    discount = draw(st.integers(0, 500))
    return Sale(
        draw(st.booleans()), Decimal(total), vat, Decimal(16), Decimal(tip), Decimal(discount), Decimal(returned)
    )


def plain(position: Position) -> dict[str, Decimal]:
    return {name(key): amount for key, amount in position.items()}


def name(key: Key) -> str:
    return f"{key[0]} {key[1]}" if key[1] else key[0].value


@given(receipts())
def test_every_receipt_balances(money: Money) -> None:
    assert sum(of_money(money).values()) == 0


@given(sales())
def test_every_sale_balances(sale: Sale) -> None:
    assert sum(of_sale(sale).values()) == 0


@given(receipts(), receipts())
def test_an_entry_leads_from_one_to_the_other_and_balances(before: Money, after: Money) -> None:
    lines = entry(of_money(before), of_money(after))
    booked = {
        key: of_money(before).get(key, Decimal(0)) + lines.get(key, Decimal(0)) for key in {*lines, *of_money(before)}
    }
    assert {key: amount for key, amount in booked.items() if amount} == of_money(after)
    assert sum(lines.values()) == 0 and all(lines.values())
    assert entry(of_money(after), of_money(after)) == {}, "a repeat books nothing"


def test_money_without_an_order_is_suspense_and_money_for_one_pays_its_guest() -> None:
    money = Money(Provider.KOPOKOPO, Decimal(700), ReceiptState.UNMATCHED)
    assert plain(of_money(money)) == {"CLEARING kopokopo": 700, "UNMATCHED": -700}
    matched = Money(Provider.CASH, Decimal(700), ReceiptState.MATCHED)
    assert plain(of_money(matched)) == {"DRAWER": 700, "GUEST": -700}


def test_what_was_paid_too_much_is_owed_until_it_went_back() -> None:
    owed = Money(Provider.KOPOKOPO, Decimal(1000), ReceiptState.MATCHED, refunding=Decimal(300))
    assert plain(of_money(owed)) == {"CLEARING kopokopo": 1000, "GUEST": -700, "REFUNDS": -300}
    gone = Money(Provider.KOPOKOPO, Decimal(1000), ReceiptState.MATCHED, Decimal(300), Decimal(300))
    assert plain(of_money(gone)) == {"CLEARING kopokopo": 700, "GUEST": -700}


def test_mobile_money_given_back_in_cash_leaves_the_drawer() -> None:
    money = Money(Provider.KOPOKOPO, Decimal(700), ReceiptState.REFUNDED, *[Decimal(700)] * 3)
    assert plain(of_money(money)) == {"CLEARING kopokopo": 700, "DRAWER": -700}


def test_what_the_provider_took_back_is_owed_by_the_guest_again() -> None:
    money = Money(Provider.KOPOKOPO, Decimal(700), ReceiptState.REVERSED, reversed=Decimal(700))
    assert of_money(money) == {}


def test_money_sent_back_and_then_taken_back_is_lost_once() -> None:
    money = Money(
        Provider.KOPOKOPO, Decimal(700), ReceiptState.REVERSED, Decimal(200), Decimal(200), reversed=Decimal(700)
    )
    assert plain(of_money(money)) == {"CLEARING kopokopo": -200, "GUEST": 200}


def test_a_sale_parts_into_sales_vat_tip_and_discount() -> None:
    sale = Sale(True, Decimal(1160), Decimal(144), Decimal(16), tip=Decimal(116), discount=Decimal(100))
    assert plain(of_sale(sale)) == {"GUEST": 1160, "SALES": -1000, "VAT": -144, "TIPS": -116, "DISCOUNTS": 100}
    assert of_sale(Sale(False, Decimal(1160), Decimal(144), Decimal(16))) == {}


def test_all_of_a_sale_taken_back_leaves_nothing_earned() -> None:
    sale = Sale(True, Decimal(1160), Decimal(144), Decimal(16), tip=Decimal(116), returned=Decimal(1160))
    position = of_sale(sale)
    assert position[A.SALES, None] + position[A.RETURNS, None] == 0 and {key[0] for key in position} == {
        A.SALES,
        A.RETURNS,
    }


def test_of_a_part_taken_back_its_vat_comes_off_and_the_tip_stays() -> None:
    sale = Sale(True, Decimal(1260), Decimal(160), Decimal(16), tip=Decimal(100), returned=Decimal(116))
    assert plain(of_sale(sale)) == {"GUEST": 1144, "SALES": -1000, "VAT": -144, "TIPS": -100, "RETURNS": 100}
