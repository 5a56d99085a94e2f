"""Interactive messages within their limits: reply buttons, lists, URL buttons, requests for a place or a contact."""

from collections.abc import Callable
from urllib.parse import urlsplit

from sandbox.simulators.graph.errors import Refused
from sandbox.simulators.graph.limits import (
    INVALID,
    MISSING,
    UNSUPPORTED,
    Fields,
    list_of,
    object_of,
    only,
    text_of,
    unique,
)

BODY, LIST_BODY, HEADER, FOOTER, LABEL = 1024, 4096, 60, 60, 20
MEDIA_HEADERS = ("image", "video", "document")


def check_interactive(fields: Fields) -> None:
    """Check the `interactive` object of a message."""
    kind = text_of(fields, "type", 64, "interactive")
    check = KINDS.get(kind)
    if check is None:
        raise Refused(UNSUPPORTED, f"interactive type {kind} is not supported")
    only(fields, {"type", "header", "body", "footer", "action"}, "interactive")
    body = object_of(fields, "body", "interactive")
    only(body, {"text"}, "interactive['body']")
    text_of(body, "text", LIST_BODY if kind == "list" else BODY, "interactive['body']")
    _check_edges(fields, kind)
    check(object_of(fields, "action", "interactive"))


def _check_edges(fields: Fields, kind: str) -> None:
    if "footer" in fields:
        footer = object_of(fields, "footer", "interactive")
        only(footer, {"text"}, "interactive['footer']")
        text_of(footer, "text", FOOTER, "interactive['footer']")
    if "header" in fields:
        _check_header(object_of(fields, "header", "interactive"), text_only=kind == "list")


def _check_header(header: Fields, text_only: bool) -> None:
    kind = text_of(header, "type", 16, "interactive['header']")
    only(header, {"type", kind}, "interactive['header']")
    if kind == "text":
        text_of(header, "text", HEADER, "interactive['header']")
    elif text_only or kind not in MEDIA_HEADERS:
        raise Refused(INVALID, f"a header of type {kind} is not allowed here")
    else:
        _check_media(object_of(header, kind, "interactive['header']"))


def _check_media(media: Fields) -> None:
    if ("id" in media) == ("link" in media):
        raise Refused(MISSING, "exactly one of id and link is required")
    if "link" in media and not str(media["link"]).startswith("https://"):
        raise Refused(INVALID, "the link of a header must be https")


def _check_buttons(action: Fields) -> None:
    only(action, {"buttons"}, "action")
    buttons = list_of(action, "buttons", 3, "action")
    replies = []
    for button in buttons:
        only(button, {"type", "reply"}, "button")
        if button.get("type") != "reply":
            raise Refused(INVALID, "button['type'] must be reply")
        replies.append(object_of(button, "reply", "button"))
    for reply in replies:
        only(reply, {"id", "title"}, "reply")
    unique([text_of(reply, "id", 256, "reply") for reply in replies], "button ids")
    unique([text_of(reply, "title", LABEL, "reply") for reply in replies], "button titles")


def _check_list(action: Fields) -> None:
    only(action, {"button", "sections"}, "action")
    text_of(action, "button", LABEL, "action")
    rows: list[Fields] = []
    for section in list_of(action, "sections", 10, "action"):
        only(section, {"title", "rows"}, "section")
        text_of(section, "title", 24, "section")
        rows += list_of(section, "rows", 10, "section")
    if len(rows) > 10:
        raise Refused(INVALID, "Total row count exceed max allowed count: 10")
    unique([_row_id(row) for row in rows], "row ids")


def _row_id(row: Fields) -> str:
    only(row, {"id", "title", "description"}, "row")
    text_of(row, "title", 24, "row")
    text_of(row, "description", 72, "row", required=False)
    return text_of(row, "id", 200, "row")


def _check_link(action: Fields) -> None:
    only(action, {"name", "parameters"}, "action")
    _name(action, "cta_url")
    parameters = object_of(action, "parameters", "action")
    only(parameters, {"display_text", "url"}, "parameters")
    text_of(parameters, "display_text", LABEL, "parameters")
    url = urlsplit(text_of(parameters, "url", 2000, "parameters"))
    if url.scheme not in ("http", "https") or not url.netloc:
        raise Refused(INVALID, "parameters['url'] must be a URL")


def _check_location(action: Fields) -> None:
    only(action, {"name"}, "action")
    _name(action, "send_location")


def _check_contact(action: Fields) -> None:
    only(action, {"name"}, "action")
    _name(action, "request_contact_info")


def _name(action: Fields, wanted: str) -> None:
    if "name" not in action:
        raise Refused(MISSING, "action['name'] is required")
    if action["name"] != wanted:
        raise Refused(INVALID, f"action['name'] must be {wanted}")


KINDS: dict[str, Callable[[Fields], None]] = {
    "button": _check_buttons,
    "list": _check_list,
    "cta_url": _check_link,
    "location_request_message": _check_location,
    "request_contact_info": _check_contact,
}
