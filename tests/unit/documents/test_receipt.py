"""What a guest's receipt says, and that it can be drawn whatever the names in it are."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from core.documents.layout import Codes, Heading, Pair, Table
from core.documents.letters import MISSING, drawable, shown
from core.documents.pdf import draw
from core.documents.receipt import receipt
from core.domain.invoices import Fiscal, Line, Paid, Seller
from tests import pdf
from tests.unit.documents.papers import AT, bought


def test_everything_the_law_asks_for_is_on_it() -> None:
    seller = Seller("Destination Cocktails", "Westlands Road, Nairobi", "P051234567X", "0123456A")
    said = pdf.text(draw(receipt(bought(seller=seller))))
    for needed in (
        "Destination Cocktails", "Westlands Road, Nairobi", "PIN P051234567X", "VAT no. 0123456A", "Receipt 1042",
        "20 Nov 2026, 21:30", "Dawa", "1,400.00", "KES 1,400", "16 %", "1,206.90", "193.10", "M-Pesa SFH6XK2PQ1",
    ):  # fmt: skip
        assert needed in said, needed


def test_what_a_venue_does_not_have_is_not_on_it() -> None:
    said = pdf.text(draw(receipt(bought())))
    assert not any(word in said for word in ("PIN", "VAT no.", "Delivery", "Discount", "Tip", "tax authority"))


def test_delivery_discount_and_tip_are_shown_and_the_tip_is_apart() -> None:
    money = {"delivery_fee": Decimal(200), "discount": Decimal(100), "tip": Decimal(150), "total": Decimal(1500)}
    pairs = {block.label: block.value for block in receipt(bought(**money)).blocks if isinstance(block, Pair)}
    assert pairs["Delivery"] == "KES 200" and pairs["Discount"] == "-KES 100"
    assert (pairs["Total"], pairs["Tip, with thanks"], pairs["Paid in all"]) == ("KES 1,500", "KES 150", "KES 1,650")


def test_every_payment_has_its_own_reference() -> None:
    paid = (Paid("M-Pesa", "SFH6XK2PQ1", Decimal(100), AT), Paid("Cash", "C-7", Decimal(1300), AT))
    said = pdf.text(draw(receipt(bought(paid=paid))))
    assert "M-Pesa SFH6XK2PQ1" in said and "Cash C-7" in said


def test_what_went_back_before_it_was_written_is_on_it() -> None:
    paid = (Paid("M-Pesa", "SFH6XK2PQ1", Decimal(1400), AT, returned=Decimal(400)),)
    assert "Given back\n-KES 400" in pdf.text(draw(receipt(bought(paid=paid))))


def test_one_code_proves_it_and_a_second_is_the_tax_authoritys() -> None:
    codes = [block for block in receipt(bought()).blocks if isinstance(block, Codes)]
    assert [text for text, _ in codes[0].codes] == ["https://bar.example/receipts/verify/abc"]
    signed = receipt(bought(fiscal=Fiscal("KRASIM-7", "https://etims.example/7")))
    codes = [block for block in signed.blocks if isinstance(block, Codes)]
    assert [text for text, _ in codes[0].codes][1] == "https://etims.example/7"
    assert "KRASIM-7" in pdf.text(draw(signed))


@pytest.mark.parametrize(
    ("name", "reads"),
    [
        ("<b>Mojito</b> & <script>alert(1)</script>", "<b>Mojito</b> & <script>"),
        ("Dawa 🍹🍹", f"Dawa {MISSING}"),
        ("日本酒", MISSING),
        ("Chaï Müller Ñandú Łódź", "Chaï Müller Ñandú Łódź"),
        ("Пиво", "Пиво"),
        ("one\ntwo\tthree\x00\x07", "one two three"),
        ("back\\slash (and) brackets", "back\\slash (and) brackets"),
        ("👩‍👩‍👧", MISSING),
        ("\u202edawa", "dawa"),
    ],
)
def test_names_of_every_kind_are_drawn(name: str, reads: str) -> None:
    assert drawable(name).startswith(reads)
    said = pdf.text(draw(receipt(bought(Line(name, 1, Decimal(700)), seller=Seller(name)))))
    assert reads.split()[0] in said


@pytest.mark.parametrize(("name", "drawn"), [("שלום", "םולש"), ("דאווה 12", "12 הוואד"), ("قهوة", "ةوهق")])
def test_right_to_left_names_are_drawn_in_the_order_they_are_read(name: str, drawn: str) -> None:
    assert shown(name) == drawn
    assert drawn.split()[-1] in pdf.text(draw(receipt(bought(Line(name, 1, Decimal(700))))))


def test_an_empty_name_is_no_reason_to_fail() -> None:
    assert draw(receipt(bought(Line("", 1, Decimal(1)), Line("\u200b", 1, Decimal(1)))))


def test_a_long_name_takes_more_lines_and_an_endless_one_ends() -> None:
    said = pdf.text(draw(receipt(bought(Line("A cocktail with a very long name " * 40, 1, Decimal(1))))))
    assert said.count("very long name") == 3


def test_an_order_of_two_hundred_lines_breaks_pages_and_loses_none() -> None:
    lines = [Line(f"Thing number {number}", 1, Decimal(10 + number)) for number in range(200)]
    drawn = pdf.pages(draw(receipt(bought(*lines))))
    assert len(drawn) > 5
    assert all(f"Thing number {number}\n" in "\n".join(drawn) for number in range(200))
    assert all("Amount" in page for page in drawn[:-1]), "headings on every page of the table"
    assert all("Destination Cocktails · Receipt 1042" in page for page in drawn)


def test_the_same_receipt_is_the_same_file() -> None:
    assert draw(receipt(bought())) == draw(receipt(bought()))


def test_a_page_is_small_enough_for_any_phone() -> None:
    assert len(draw(receipt(bought()))) < 60_000


def test_a_table_has_a_cell_for_every_heading() -> None:
    for block in receipt(bought()).blocks:
        if isinstance(block, Table):
            assert {len(row) for row in block.rows} == {len(block.headings)} == {len(block.widths) + 1}


def test_the_venue_comes_first() -> None:
    first = receipt(bought()).blocks[0]
    assert first == Heading("Destination Cocktails", large=True)


def test_moments_are_on_the_venues_clock() -> None:
    late = datetime(2026, 12, 31, 22, 30, tzinfo=UTC)
    assert "01 Jan 2027, 01:30" in pdf.text(draw(receipt(bought(issued_at=late))))
