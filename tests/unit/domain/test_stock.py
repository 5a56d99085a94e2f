"""What an order takes, in the order in which everybody takes it."""

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from core.domain.stock import Takes, enough_for, granted, is_orderable, wanted

LINES = st.lists(st.tuples(st.uuids(), st.integers(1, 99)), max_size=12)


@given(LINES)
def test_the_order_of_the_lines_does_not_matter(lines: list[tuple[UUID, int]]) -> None:
    doubled = lines + lines
    assert wanted(doubled) == wanted(sorted(doubled, reverse=True))


@given(LINES)
def test_every_product_is_taken_once_with_all_of_its_lines(lines: list[tuple[UUID, int]]) -> None:
    wants = wanted(lines + lines)
    assert sum(quantity for _, quantity in wants) == 2 * sum(quantity for _, quantity in lines)
    assert [product for product, _ in wants] == sorted({product for product, _ in lines})


def test_a_line_carries_one_to_ninety_nine() -> None:
    assert [n for n in (-1, 0, 1, 99, 100) if is_orderable(n)] == [1, 99]


DAWA, MOJITO, TUSKER, VODKA, LIME = sorted(uuid4() for _ in range(5))
RECIPES: dict[UUID, Takes] = {DAWA: {VODKA: 50, LIME: 1, DAWA: 0}, MOJITO: {VODKA: 60, MOJITO: 1}}


def test_a_cocktail_takes_what_is_in_it_and_itself_only_where_it_is_counted() -> None:
    wants = wanted([(MOJITO, 2), (DAWA, 1), (TUSKER, 3), (DAWA, 1)], RECIPES)
    assert wants == [(DAWA, 0), (MOJITO, 2), (TUSKER, 3), (VODKA, 220), (LIME, 2)]


def test_as_many_can_be_sold_as_the_scarcest_part_allows() -> None:
    free = {DAWA: 0, MOJITO: 3, VODKA: 199, LIME: 40}
    assert [enough_for(RECIPES[one], free) for one in (DAWA, MOJITO)] == [3, 3]
    assert enough_for(RECIPES[MOJITO], free | {MOJITO: 1}) == 1
    assert enough_for(RECIPES[DAWA], free | {VODKA: 49}) == 0 == enough_for({TUSKER: 1}, {TUSKER: -1})


def test_what_is_off_sale_stops_all_that_is_made_of_it() -> None:
    assert enough_for(RECIPES[DAWA], {DAWA: 0, VODKA: 900}) == 0, "no lime"
    assert enough_for(RECIPES[DAWA], {VODKA: 900, LIME: 9}) == 0, "the cocktail itself"


def test_a_cart_is_granted_in_its_own_order() -> None:
    free = {DAWA: 0, MOJITO: 9, VODKA: 170, LIME: 9, TUSKER: 1}
    cart = [(MOJITO, 1), (DAWA, 2), (MOJITO, 1), (TUSKER, 2)]
    assert granted(cart, RECIPES, free) == {MOJITO: 2, DAWA: 1, TUSKER: 1}
    assert granted(cart[1:], RECIPES, free) == {DAWA: 2, MOJITO: 1, TUSKER: 1}


@given(
    st.lists(st.tuples(st.sampled_from([DAWA, MOJITO, TUSKER, VODKA]), st.integers(1, 9)), max_size=8),
    st.fixed_dictionaries({one: st.integers(0, 900) for one in (DAWA, MOJITO, TUSKER, VODKA, LIME)}),
)
def test_what_is_granted_can_be_had_together_and_all_of_it_where_there_is_enough(
    cart: list[tuple[UUID, int]], free: dict[UUID, int]
) -> None:
    given_out = granted(cart, RECIPES, free)
    assert all(amount <= free[part] for part, amount in wanted(given_out.items(), RECIPES))
    enough = all(amount <= free[part] for part, amount in wanted(cart, RECIPES))
    assert enough == (wanted(given_out.items()) == wanted(cart))
