"""What a guest or the bot wrote, as staff read it: bold where WhatsApp has it bold, and never anything that runs."""

import pytest

from webapp.admin.markup import marked


@pytest.mark.parametrize(
    ("written", "drawn"),
    [
        ("Order 12: *KES 1,400*.", "Order 12: <b>KES 1,400</b>."),
        ("*_both_* and ~gone~", "<b><i>both</i></b> and <s>gone</s>"),
        ("*Thank you!*\n*bye*", "<b>Thank you!</b>\n<b>bye</b>"),
        ("2*3*4 and snake_case_name", "2*3*4 and snake_case_name"),
        ("* a list * of stars", "* a list * of stars"),
        ("*open\nclosed*", "*open\nclosed*"),
        ("*a _b* c_", "<b>a _b</b> c_"),
        ("<b onclick=x>*<i>*&", "&lt;b onclick=x&gt;<b>&lt;i&gt;</b>&amp;"),
        ("", ""),
    ],
)
def test_marks_of_whatsapp_are_drawn_and_everything_else_is_text(written: str, drawn: str) -> None:
    assert str(marked(written)) == drawn
