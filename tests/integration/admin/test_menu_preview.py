"""The menu as the guest's phone would show it, and what the guest's own chat then shows."""

import re
from html import unescape

import pytest

from core.domain.statuses import Role
from core.store.sql.tables import Message, Order, Outbox, Product
from tests.integration import shelf
from tests.integration.admin.venue import Browser, Venue


@pytest.fixture
def manager(venue: Venue) -> Browser:
    with venue.program.sessions.begin() as db:
        shelf.receive(db, venue.workspace_id, venue.product_id, 10)
    venue.role(Role.MANAGER)
    return venue.signed_in()


def links(page: str) -> dict[str, str]:
    """What can be tapped, and where it leads."""
    found = re.findall(r'<li><a href="([^"]+)"><strong>(.*?)</strong>', page)
    return {unescape(title): unescape(address) for address, title in found}


def test_the_preview_is_tapped_through_to_the_product_and_orders_nothing(venue: Venue, manager: Browser) -> None:
    page = manager.get("/admin/menu/preview").text
    heading = next(address for title, address in links(page).items() if "Cocktail" in title)
    page = manager.get(heading).text
    dawa = next(address for title, address in links(page).items() if "Dawa" in title)
    page = manager.get(dawa).text
    assert "KES 700" in page
    for _ in range(8):
        following = [address for title, address in links(page).items() if title not in ("Menu", "More")]
        if not following:
            break
        page = manager.get(following[0]).text
    with venue.program.sessions.begin() as db:
        assert db.query(Order).filter_by(workspace_id=venue.workspace_id).count() == 0
        assert db.query(Outbox).filter_by(workspace_id=venue.workspace_id).count() == 0


def test_words_are_answered_in_the_chosen_language_and_are_only_text(venue: Venue, manager: Browser) -> None:
    page = manager.get("/admin/menu/preview?language=sw&s=menu&s=<script>alert(1)</script>").text
    assert "&lt;script&gt;" in page and "<script>alert" not in page
    assert manager.get("/admin/menu/preview?language=xx&s=tap:nothing:here&s=%00").status_code == 200
    assert manager.get("/admin/menu/preview?" + "&".join(["s=menu"] * 60)).status_code == 200


def test_what_a_manager_changes_the_next_message_shows(venue: Venue, manager: Browser) -> None:
    """A new price, and sold out a moment later."""
    form = {"name": "Dawa", "price": "725", "station": "bar", "position": "0", "low_stock": "0", "in_menu": "y",
            "version": "1", "category_id": str(category(venue))}  # fmt: skip
    venue.hears("dawa")
    assert "KES 700" in last(venue)
    assert manager.post(f"/admin/products/{venue.product_id}", data=form).status_code == 302
    venue.hears("dawa")
    assert "KES 725" in last(venue)
    assert manager.post(f"/admin/products/{venue.product_id}/out", data={"sold_out": "yes"}).status_code == 302
    venue.hears("1 dawa")
    assert "KES 725" not in last(venue)


def test_a_product_taken_away_is_named_to_whoever_has_it_in_the_cart(venue: Venue, manager: Browser) -> None:
    venue.hears("2 dawa")
    assert manager.post(f"/admin/products/{venue.product_id}/remove", data={"version": "1"}).status_code == 302
    venue.hears("checkout")
    assert "Dawa is not available any more" in last(venue)


def category(venue: Venue) -> object:
    with venue.program.sessions.begin() as db:
        return db.get_one(Product, venue.product_id).category_id


def last(venue: Venue) -> str:
    """What the guest read last."""
    with venue.program.sessions.begin() as db:
        mine = db.query(Message).filter_by(workspace_id=venue.workspace_id, direction="out")
        return mine.order_by(Message.at.desc(), Message.id.desc()).limit(1).one().body
