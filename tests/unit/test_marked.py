"""Texts as WhatsApp draws them, on the staff's pages."""

import pytest

from webapp.admin.marked import marked, unmarked


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("*KES 700* to pay", "<strong>KES 700</strong> to pay"),
        ("write *_menu_*, ~now~", "write <strong><em>menu</em></strong>, <s>now</s>"),
        ("*<b>* & *x*", "<strong>&lt;b&gt;</strong> &amp; <strong>x</strong>"),
        ("2*3*4 and snake_case_name", "2*3*4 and snake_case_name"),
        ("* not * and *over\na line*", "* not * and *over\na line*"),
        ("*" * 4096, "*" * 4096),
    ],
)
def test_a_sign_counts_at_the_edges_of_words_and_the_rest_is_text(text: str, drawn: str) -> None:
    assert marked(text) == drawn


def test_one_line_of_it_stands_without_signs() -> None:
    assert unmarked("Receipt *UB5* for _you_, 2*3") == "Receipt UB5 for you, 2*3"
