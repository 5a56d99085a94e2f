"""Pictures of products in the office, and as WhatsApp fetches them."""

import io
from dataclasses import replace
from typing import Any
from uuid import uuid4

from PIL import Image
from sqlalchemy import func, select

from core.domain.statuses import Role
from core.services.activity import Actor
from core.services.pictures import set_picture
from core.store.sql.tables import Picture, Product
from tests.integration.admin.venue import Browser, Venue, open_venue


def photo(colour: str = "red") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (400, 300), colour).save(made, "PNG")
    return made.getvalue()


def upload(browser: Browser, content: bytes, version: int = 1, **more: str) -> Any:
    data = {"picture": (io.BytesIO(content), "dawa.png"), "version": str(version)} | more
    return browser.post(f"/admin/products/{browser.venue.product_id}/picture", data=data)


def product(venue: Venue) -> Product:
    with venue.program.sessions.begin() as db:
        return db.get_one(Product, venue.product_id)


def test_a_picture_is_made_small_and_served_to_whoever_has_its_address(venue: Venue, manager: Browser) -> None:
    assert upload(manager, photo()).status_code == 302
    address = f"/pictures/{product(venue).picture_id}.jpg"
    (row,) = manager.get("/admin/products/rows").json["data"]
    assert row["picture"] == str(product(venue).picture_id)
    answer = venue.browser().get(address)
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg") and "immutable" in answer.headers[
        "Cache-Control"
    ]
    assert Image.open(io.BytesIO(answer.data)).size == (400, 300)
    assert venue.browser().get(f"/pictures/{uuid4()}.jpg").status_code == 404
    assert upload(manager, b"", version=2, do="remove").status_code == 302 and product(venue).picture_id is None


def test_guests_get_it_only_where_whatsapp_can_fetch_it(venue: Venue, manager: Browser) -> None:
    assert upload(manager, photo()).status_code == 302 and product(venue).photo == ""
    with venue.program.sessions.begin() as db:
        actor = Actor(venue.workspace_id, venue.user_id, "Wanjiru")
        set_picture(db, actor, venue.product_id, 2, b"another", "https://bar.example")
    assert product(venue).photo == f"https://bar.example/pictures/{product(venue).picture_id}.jpg"


def test_the_same_picture_twice_is_kept_once(venue: Venue, manager: Browser) -> None:
    for version, colour in ((1, "red"), (2, "blue"), (3, "red")):
        assert upload(manager, photo(colour), version).status_code == 302
    with venue.program.sessions.begin() as db:
        kept = select(func.count()).select_from(Picture).where(Picture.workspace_id == venue.workspace_id)
        assert db.scalar(kept) == 2


def test_what_is_no_picture_gets_a_sentence(venue: Venue, manager: Browser) -> None:
    for content, said in ((b"<svg/>", "no picture"), (b"", "no picture"), (photo()[:90], "no picture")):
        answer = upload(manager, content)
        assert answer.status_code == 400 and said in answer.text, content
    nothing = manager.post(f"/admin/products/{venue.product_id}/picture", data={"version": "1"})
    assert nothing.status_code == 400 and "Choose a picture first" in nothing.text
    late = upload(manager, photo(), version=7)
    assert late.status_code == 409 and product(venue).picture_id is None


def test_a_photo_as_phones_take_them_fits(venue: Venue, manager: Browser) -> None:
    assert upload(manager, photo() + bytes(8_000_000)).status_code == 302 and product(venue).picture_id


def test_a_photo_that_is_too_large_is_said_beside_its_field(venue: Venue, manager: Browser) -> None:
    answer = upload(manager, photo() + bytes(12_000_000))
    beside = answer.text.split('id="picture-problem"')[1].split("</div>")[0]
    assert answer.status_code == 400 and "at most 12 MB" in beside and "hidden" not in beside
    assert upload(manager, bytes(17 * 1024 * 1024)).status_code == 413, "refused unread"


def test_nobody_changes_another_venues_pictures(venue: Venue, manager: Browser) -> None:
    other = open_venue(venue.app)
    assert upload(replace(manager, venue=other), photo()).status_code == 404
    venue.role(Role.BAR)
    assert upload(manager, photo()).status_code == 403
