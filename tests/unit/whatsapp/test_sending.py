"""What is POSTed to Meta, shape by shape, as the simulated Graph API takes it."""

import pytest

from core.conversation.replies import Button, Reply, Row
from core.providers.whatsapp.client import _content
from sandbox.simulators.graph.interactive import check_interactive

PAGE = "https://pay.example.co.ke/4e8d21c7"


@pytest.mark.parametrize(
    "reply",
    [
        Reply("How many?", buttons=(Button("qty:1", "1"), Button("qty:2", "2"))),
        Reply("Pick one", rows=(Row("a", "A", "first"), Row("b", "B")), list_label="Menu", list_title="Menu"),
        Reply("Tap below to pay.", link=PAGE, link_label="Pay now"),
    ],
)
def test_every_kind_of_message_with_taps_is_one_meta_takes(reply: Reply) -> None:
    check_interactive(_content(reply)["interactive"])


def test_a_link_is_one_button_that_opens_a_page() -> None:
    interactive = _content(Reply("Tap below to pay.", link=PAGE, link_label="Pay now"))["interactive"]
    assert interactive["action"]["parameters"] == {"display_text": "Pay now", "url": PAGE}


def test_a_link_without_its_button_is_written_out() -> None:
    words = Reply("Tap below to pay.", link=PAGE, link_label="Pay now").in_words()
    assert _content(words) == {"type": "text", "text": {"preview_url": False, "body": f"Tap below to pay.\n{PAGE}"}}


@pytest.mark.parametrize("link", ["javascript:alert(1)", "ftp://x", "https://", "https://with space", "x" * 3000])
def test_what_is_no_link_is_left_out(link: str) -> None:
    assert _content(Reply("Hello", link=link, link_label="Pay now"))["type"] == "text"


def test_a_message_carries_a_link_or_buttons_never_both() -> None:
    with pytest.raises(ValueError, match="a link"):
        Reply("Hello", (Button("a", "A"),), link=PAGE, link_label="Pay now")
