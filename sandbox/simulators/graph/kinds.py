"""Every kind of message that may be sent, each with the check of its own object."""

from collections.abc import Callable
from urllib.parse import urlsplit

from sandbox.simulators.graph.errors import Refused
from sandbox.simulators.graph.interactive import check_interactive
from sandbox.simulators.graph.limits import (
    INVALID,
    MISSING,
    TEMPLATE_NAME,
    UNSUPPORTED,
    Fields,
    check_common,
    list_of,
    object_of,
    only,
    text_of,
    wamid_of,
)

TEXT, CAPTION, FILE_NAME = 4096, 1024, 240


def check_message(fields: Fields) -> str:
    """Check a whole message; its type."""
    kind = check_common(fields)
    check = KINDS.get(kind)
    if check is None:
        raise Refused(UNSUPPORTED, f"type {kind} is not supported")
    check(object_of(fields, kind, "message"))
    return kind


def check_read(fields: Fields) -> str:
    """Check a read mark, with or without the typing indicator; the id of the message read."""
    only(fields, {"messaging_product", "status", "message_id", "typing_indicator"}, "message")
    if fields.get("messaging_product") != "whatsapp" or fields["status"] != "read":
        raise Refused(100, "messaging_product must be whatsapp and status must be read")
    if fields.get("typing_indicator", {"type": "text"}) != {"type": "text"}:
        raise Refused(INVALID, "typing_indicator['type'] must be text")
    return wamid_of(fields, "message")


def _check_text(text: Fields) -> None:
    only(text, {"body", "preview_url"}, "text")
    text_of(text, "body", TEXT, "text")
    if not isinstance(text.get("preview_url", False), bool):
        raise Refused(INVALID, "text['preview_url'] must be a boolean")


def _check_reaction(reaction: Fields) -> None:
    only(reaction, {"message_id", "emoji"}, "reaction")
    wamid_of(reaction, "reaction")
    if not isinstance(reaction.get("emoji"), str):
        raise Refused(MISSING, "reaction['emoji'] is required")


def _check_template(template: Fields) -> None:
    only(template, {"name", "language", "components"}, "template")
    if not TEMPLATE_NAME.fullmatch(text_of(template, "name", 512, "template")):
        raise Refused(INVALID, "template['name'] has lower-case letters, digits and underscores only")
    text_of(object_of(template, "language", "template"), "code", 16, "language")
    if "components" in template:
        for component in list_of(template, "components", 20, "template"):
            _check_component(component)


def _check_component(component: Fields) -> None:
    only(component, {"type", "sub_type", "index", "parameters"}, "component")
    if text_of(component, "type", 16, "component") not in ("header", "body", "button"):
        raise Refused(INVALID, "component['type'] must be header, body or button")
    for parameter in list_of(component, "parameters", 50, "component"):
        if parameter.get("type") == "text":
            text_of(parameter, "text", 1024, "parameter")


def _check_media(media: Fields) -> None:
    only(media, {"id", "link", "caption", "filename"}, "media")
    if not ("id" in media) ^ ("link" in media):
        raise Refused(MISSING, "exactly one of id and link is required")
    text_of(media, "caption", CAPTION, "media", required=False)
    text_of(media, "filename", FILE_NAME, "media", required=False)
    if "link" in media and urlsplit(str(media["link"])).scheme not in ("http", "https"):
        raise Refused(INVALID, "media['link'] must be a URL")


def _check_place(place: Fields) -> None:
    only(place, {"latitude", "longitude", "name", "address"}, "location")
    if not {"latitude", "longitude"} <= place.keys():
        raise Refused(MISSING, "location needs latitude and longitude")


KINDS: dict[str, Callable[[Fields], None]] = {
    "text": _check_text,
    "interactive": check_interactive,
    "template": _check_template,
    "reaction": _check_reaction,
    "location": _check_place,
} | dict.fromkeys(("image", "video", "audio", "document", "sticker"), _check_media)
