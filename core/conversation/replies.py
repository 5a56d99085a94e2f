"""What a guest reads. Built to fit Meta's limits: nothing constructed here can be refused for its length.

Limits from the Cloud API reference: text 4096; buttons 1-3, title 20, id 256, body 1024; list 10 rows in all, row title
24, description 72, id 200, button 20, body 1024 (older validators). Counted in UTF-16 units to be on the safe side.
"""

import re
from dataclasses import dataclass, replace
from typing import Any

TEXT_LIMIT = 4096
BODY_LIMIT = 1024
BUTTONS_LIMIT = 3
BUTTON_TITLE_LIMIT = 20
ROWS_LIMIT = 10
ROW_TITLE_LIMIT = 24
ROW_DESCRIPTION_LIMIT = 72
IMAGE_LINK = re.compile(r"https://[!-~]{1,2000}")
# Parts that replies kept from before do not know.
LATER = ("link", "link_label", "document", "file", "contact")
PAGE_LINK = re.compile(r"https?://[!-~]{1,1900}")


def clip(text: str, limit: int) -> str:
    """At most `limit` UTF-16 units, ending in an ellipsis where something was cut."""
    if len(text) * 2 <= limit or (len(text) <= limit and text.isascii()):
        return text
    if len(text.encode("utf-16-le")) // 2 <= limit:
        return text
    units = text.encode("utf-16-le")[: (limit - 1) * 2]
    return units.decode("utf-16-le", "ignore").rstrip() + "…"


@dataclass(frozen=True)
class Button:
    """A tap. `id` comes back in the tap event."""

    id: str
    title: str


@dataclass(frozen=True)
class Row:
    """One line of a list. `id` comes back in the tap event."""

    id: str
    title: str
    description: str = ""


@dataclass(frozen=True)
class Reply:
    """One outgoing message: plain text, text with up to three buttons, or text with a list of up to ten rows.

    `image` is the link of a picture above a text with buttons; anything but https is left out.
    `link` is a page behind one button called `link_label`, instead of buttons and rows.
    `document` is the id of the link of a file called `file`, sent with the text under it.
    `contact` puts WhatsApp's own button under a plain text, with which the guest shares their number.
    `prompt` marks the one message that may pass while a PIN dialog is open ("check your phone").
    """

    body: str
    buttons: tuple[Button, ...] = ()
    rows: tuple[Row, ...] = ()
    list_label: str = ""
    list_title: str = ""
    prompt: bool = False
    image: str = ""
    link: str = ""
    link_label: str = ""
    document: str = ""
    file: str = ""
    contact: bool = False

    def __post_init__(self) -> None:
        """Clip every part to its limit."""
        kinds = [bool(part) for part in (self.buttons, self.rows, self.link, self.document, self.contact)]
        if len(self.buttons) > BUTTONS_LIMIT or len(self.rows) > ROWS_LIMIT or sum(kinds) > 1:
            raise ValueError("a reply carries up to 3 buttons, up to 10 rows, a link or a document")
        object.__setattr__(self, "link", self.link if PAGE_LINK.fullmatch(self.link) else "")
        object.__setattr__(self, "link_label", clip(self.link_label, BUTTON_TITLE_LIMIT))
        object.__setattr__(self, "body", clip(self.body, BODY_LIMIT if any(kinds) else TEXT_LIMIT))
        object.__setattr__(self, "buttons", tuple([_short(b) for b in self.buttons]))
        object.__setattr__(self, "rows", tuple([_clipped(r) for r in self.rows]))
        object.__setattr__(self, "image", self.image if self.buttons and IMAGE_LINK.fullmatch(self.image) else "")
        object.__setattr__(self, "list_label", clip(self.list_label, BUTTON_TITLE_LIMIT))
        object.__setattr__(self, "list_title", clip(self.list_title, ROW_TITLE_LIMIT))

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; `from_dict` reads it back."""
        return {
            "body": self.body,
            "buttons": [[b.id, b.title] for b in self.buttons],
            "rows": [[r.id, r.title, r.description] for r in self.rows],
            "list_label": self.list_label,
            "list_title": self.list_title,
            "prompt": self.prompt,
            "image": self.image,
        } | {name: getattr(self, name) for name in LATER if getattr(self, name)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Reply":
        """Inverse of `to_dict`."""
        buttons = tuple(Button(*b) for b in data["buttons"])
        rows = tuple(Row(*r) for r in data["rows"])
        labels = (data["list_label"], data["list_title"])
        later = {name: data[name] for name in LATER if name in data}
        return cls(data["body"], buttons, rows, *labels, data["prompt"], data.get("image", ""), **later)

    def in_words(self) -> "Reply":
        """The same without its button: the link is written out."""
        return replace(self, body=f"{self.body}\n{self.link}", link="", link_label="") if self.link else self


def _short(button: Button) -> Button:
    title = clip(button.title, BUTTON_TITLE_LIMIT)
    return button if title is button.title else Button(button.id, title)


def _clipped(row: Row) -> Row:
    title, description = clip(row.title, ROW_TITLE_LIMIT), clip(row.description, ROW_DESCRIPTION_LIMIT)
    return row if title is row.title and description is row.description else Row(row.id, title, description)
