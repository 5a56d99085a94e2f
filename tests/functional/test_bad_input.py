"""Whatever a guest sends, there is a kind answer, nothing breaks, and nothing is lost."""

from concurrent.futures import ThreadPoolExecutor

from sandbox.simulators.guest import Guest
from tests.functional.conftest import Newcomer
from tests.functional.outside import Outside
from tests.product import Product
from tests.waiting import eventually

ODD = (
    "0 dawa", "-3 coke", "999999999999 tusker", "1.5 coke", "2 unicorn tears", "pay", "cart", "table 99", "table -1",
    "word " * 800, "🍹🍻🥃" * 40, "\u202eكوكاكولا ٢\u202c", "'; drop table orders; --", "<script>alert(1)</script>",
    "%s %(x)s {0} {venue}", "\u200b\u200d\ufeff", "nul\x00byte", "\ud83d", "=HYPERLINK(1)", "../etc/passwd", "?" * 5000,
)  # fmt: skip


def test_odd_words_get_kind_answers_and_break_nothing(product: Product, outside: Outside, newcomer: Newcomer) -> None:
    guests = [newcomer() for _ in ODD]
    errors_before = product.logs().count('"level": "error"')
    letters_before = outside.rows("select count(*) from dead_letters")
    with ThreadPoolExecutor(len(ODD)) as pool:
        sent = list(pool.map(lambda guest, text: guest.says(text), guests, ODD))
    assert {one.status for one in sent} == {200}
    for guest in guests:
        answer = guest.reads()
        assert answer.text and "went wrong" not in answer.text
    assert product.logs().count('"level": "error"') == errors_before
    saved = "select count(*) from messages where direction = 'in' and external_id = any(%s)"
    ids = [one.id for one in sent]
    eventually(lambda: outside.rows(saved, ids) == [{"count": len(ODD)}], what="the history")
    assert outside.rows("select count(*) from dead_letters") == letters_before


def test_invented_taps_show_how_things_stand(guest: Guest) -> None:
    guest.says("1 coke to table 5")
    review = guest.reads("Your order")
    for id in ("pay:somebody-elses-cart:1", "retry:00000000-0000-0000-0000-000000000000", "prod:'--", "", "x" * 256):
        tap = {"type": "button_reply", "button_reply": {"id": id, "title": "Pay"}}
        context = {"from": "254700000100", "id": review.id}
        assert guest.sends_raw({"type": "interactive", "context": context, "interactive": tap}).status == 200
        assert "check your phone" not in guest.reads().text.casefold()


def test_whatever_is_no_text_is_answered_each_time_it_comes(guest: Guest) -> None:
    card = {"name": {"formatted_name": "Asha", "first_name": "Asha"}, "phones": [{"phone": "+254 712 000 111"}]}
    place = {"latitude": -1.2921, "longitude": 36.8219}
    sent = (
        *("image", "image", "audio", "sticker"),
        {"type": "location", "location": place},
        {"type": "contacts", "contacts": [card]},
        {"type": "something_new", "something_new": {}},
        {"type": "text", "text": {"body": "🍹"}},
    )
    for one in sent:
        status = guest.sends(one).status if isinstance(one, str) else guest.sends_raw(one).status
        assert status == 200 and guest.reads().text, one
