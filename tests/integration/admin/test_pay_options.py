"""What a guest chose of a drink, from the chat over the page to pay on to the order and its receipt."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.domain.statuses import OrderStatus
from core.services.activity import Actor
from core.services.menu_options import GroupDraft, OptionDraft, ask_questions, create_group, update_group
from core.services.price_lists import PriceListDraft, create_list, update_list
from core.store.sql.engine import transaction
from core.store.sql.tables import Invoice, OptionGroup, Order, OrderItem, PriceList
from tests.integration import shelf
from tests.integration.admin.test_pay import Guest
from tests.integration.admin.venue import Venue

MIXER = GroupDraft("Mixer", (OptionDraft("Tonic"), OptionDraft("Ginger ale", Decimal(50))), least=1)


@pytest.fixture
def guest(venue: Venue) -> Guest:
    """Amina, at a venue that asks with what the Dawa shall be mixed."""
    with transaction(venue.program.sessions) as db:
        shelf.receive(db, venue.workspace_id, venue.product_id, 50)
        actor = Actor(venue.workspace_id, name="Boss")
        ask_questions(db, actor, venue.product_id, [create_group(db, actor, MIXER)[0]])
    venue.program.store.menus.changed(str(venue.workspace_id))
    return Guest(venue)


def chosen(guest: Guest) -> list[str]:
    return [one.name for line in guest.session.lines for one in line.options]


def test_the_page_the_order_and_the_receipt_say_what_was_chosen(guest: Guest) -> None:
    guest.says("2 dawa to table 7").says("ginger ale")
    link = guest.link()
    page = guest.opens(link).text
    assert "2 × Dawa (Ginger ale)" in page and "KES 1,500" in page
    guest.confirms(link)
    guest.pays()
    assert guest.orders()[0].status is OrderStatus.PAID
    assert "2 × Dawa (Ginger ale)" in guest.opens(link).text
    with transaction(guest.venue.program.sessions) as db:
        mine = OrderItem.workspace_id == guest.venue.workspace_id
        (item,) = db.scalars(select(OrderItem).where(mine)).all()
        assert [(one["name"], one["price"]) for one in item.options] == [("Ginger ale", "50")]
        invoice = db.scalars(select(Invoice).where(Invoice.workspace_id == guest.venue.workspace_id)).one()
        assert invoice.lines == [{"name": "Dawa (Ginger ale)", "quantity": 2, "price": "750.00"}]


def test_what_staff_take_off_meets_the_guest_at_the_next_word(guest: Guest) -> None:
    guest.says("2 dawa with tonic to table 7")
    assert chosen(guest) == ["Tonic"]
    with transaction(guest.venue.program.sessions) as db:
        group = db.scalars(select(OptionGroup).where(OptionGroup.workspace_id == guest.venue.workspace_id)).one()
        only = GroupDraft("Mixer", (OptionDraft("Soda water"),), least=1)
        update_group(db, Actor(guest.venue.workspace_id, name="Boss"), group.id, group.version, only)
    guest.venue.program.store.menus.changed(str(guest.venue.workspace_id))
    guest.says("pay")
    assert guest.session.lines == () and guest.orders() == []
    guest.says("2 dawa").says("soda water").says("pay")
    assert chosen(guest) == ["Soda water"]


def test_when_happy_hour_ends_the_new_price_is_agreed_to_first(guest: Guest) -> None:
    venue = guest.venue
    now, actor = datetime.now(UTC), Actor(venue.workspace_id, name="Boss")
    draft = PriceListDraft("Happy hour", {}, {venue.product_id: Decimal(500)})
    with transaction(venue.program.sessions) as db:
        list_id, _ = create_list(db, actor, draft)
    venue.program.store.menus.changed(str(venue.workspace_id))
    guest.says("2 dawa with tonic to table 7")
    link = guest.link()
    assert "KES 1,000" in guest.opens(link).text
    over = {"week": {(now + timedelta(days=3)).strftime("%a").lower(): [["10:00", "11:00"]]}}
    with transaction(venue.program.sessions) as db:
        version = db.get_one(PriceList, list_id).version
        update_list(db, actor, list_id, version, PriceListDraft("Happy hour", over, draft.prices))
    venue.program.store.menus.changed(str(venue.workspace_id))
    guest.confirms(link)
    assert guest.orders() == []
    assert [line.unit_price for line in guest.session.lines] == [700]
    again = guest.link()
    guest.confirms(again)
    with transaction(venue.program.sessions) as db:
        assert db.scalars(select(Order.total).where(Order.workspace_id == venue.workspace_id)).all() == [1400]
