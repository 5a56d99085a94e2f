"""Every list of the office, and what may be done to rows of each: web and workers know the same ones."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.orm import Session

from core.domain.permissions import Permission
from core.domain.statuses import OrderStatus
from core.errors import Rejected
from core.services.activity import Actor
from core.services.customer_standing import block
from core.services.followup import Followup
from core.services.listing.activity import ACTIVITY
from core.services.listing.acts import Act
from core.services.listing.customers import CUSTOMERS
from core.services.listing.declared import Listing
from core.services.listing.messages import MESSAGES
from core.services.listing.orders import ORDERS
from core.services.listing.payments import PAYMENTS
from core.services.listing.products import PRODUCTS
from core.services.menu_edit import mark_sold_out, save_product
from core.services.menu_pages import categories
from core.services.orders import advance_order, lock_order
from core.services.stock import menu_changed

LISTINGS: Mapping[str, Listing] = {one.name: one for one in (ORDERS, PAYMENTS, CUSTOMERS, MESSAGES, ACTIVITY, PRODUCTS)}


def category_choices(db: Session, workspace_id: UUID) -> list[tuple[str, str]]:
    """The headings of the menu."""
    return [(str(one.id), one.name) for one in categories(db, workspace_id)]


def known_anew(actor: Actor, profiles: Mapping[str, dict[str, object]]) -> Followup:
    """After the commit: guests' chats, and whoever has the list of clients open."""
    return Followup(profiles=tuple(profiles.items()), lists=frozenset({(actor.workspace_id, CUSTOMERS.name)}))


def _sold_out(db: Session, actor: Actor, product_id: UUID, _: str) -> Followup:
    return mark_sold_out(db, actor, product_id, sold_out=True) | menu_changed(actor.workspace_id)


def _back(db: Session, actor: Actor, product_id: UUID, _: str) -> Followup:
    return mark_sold_out(db, actor, product_id, sold_out=False) | menu_changed(actor.workspace_id)


def _moved(db: Session, actor: Actor, product_id: UUID, category: str) -> Followup:
    try:
        category_id = UUID(category)
    except ValueError:
        raise Rejected("no_category") from None
    saved = save_product(db, actor, product_id, None, {"category_id": category_id})
    return saved[1] | menu_changed(actor.workspace_id)


def _blocked(db: Session, actor: Actor, customer_id: UUID, _: str) -> Followup:
    return known_anew(actor, block(db, actor, customer_id, blocked=True))


def _let_in(db: Session, actor: Actor, customer_id: UUID, _: str) -> Followup:
    return known_anew(actor, block(db, actor, customer_id, blocked=False))


def _served(db: Session, actor: Actor, order_id: UUID, _: str) -> Followup:
    """On the board a paid order may be served at once; among many nobody sees that one was never made."""
    order = lock_order(db, actor.workspace_id, order_id)
    if order is not None and order.status not in (OrderStatus.READY, OrderStatus.SERVED):
        raise Rejected("not_ready")
    return advance_order(db, actor.workspace_id, order_id, OrderStatus.SERVED, actor.user_id)


_P = Permission
ACTS: Mapping[str, tuple[Act, ...]] = {
    PRODUCTS.name: (
        Act("out", "Sold out", _P.MARK_OUT, _sold_out, "Take {rows} off every chat until you say they are back?"),
        Act("back", "Back on sale", _P.MARK_OUT, _back, "Put {rows} back on sale in every chat?"),
        Act(
            "move",
            "Move to category",
            _P.EDIT_MENU,
            _moved,
            "Move {rows} to this category?",
            {"no_category": "That category is gone."},
            category_choices,
        ),
    ),
    CUSTOMERS.name: (
        Act("block", "Block", _P.EDIT_CUSTOMERS, _blocked, "Block {rows}? The bot answers them no more.", danger=True),
        Act("unblock", "Unblock", _P.EDIT_CUSTOMERS, _let_in, "Let the bot talk with {rows} again?"),
    ),
    ORDERS.name: (
        Act(
            "served",
            "Served",
            _P.MOVE_ORDERS,
            _served,
            "Have {rows} been brought to their guests?",
            {"not_ready": "Only what is ready can be served."},
        ),
    ),
}
