"""Staff take an order for a guest who stands before them: the same menu, stock, hours and payments as in the chat."""

from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.conversation.effects import Effect, Outcome
from core.conversation.events import ORDER_TAKEN
from core.domain.menu import Menu
from core.domain.money import plain
from core.domain.orders import BOUGHT
from core.domain.statuses import Method, OrderStatus
from core.errors import Rejected, StoreUnavailable
from core.jobs import request_payment
from core.log import get_logger
from core.services.activity import Actor, record
from core.services.ask_payment import ask_payment
from core.services.cash import Taken, take_for
from core.services.customers import Buyer, Guest, GuestRef, by_phone, find_guest, profile_of
from core.services.followup import Followup
from core.services.menu import load_menu
from core.services.orders import in_news, lock_order, paid_so_far
from core.services.place_order import order_id_of, place_order
from core.services.program import Program
from core.store.sql.engine import transaction
from core.store.sql.outbox import owe_once
from core.store.sql.tables import Channel, Conversation, Customer, Order, OrderItem, Payment

CART = "hand:"

log = get_logger(__name__)


class NotPlaced(Exception):
    """Nothing was placed, and the guest is not noted either: `outcome` says why, as `place_order` does."""

    def __init__(self, outcome: Outcome, followup: Followup) -> None:
        super().__init__(outcome["result"])
        self.outcome = outcome
        self.followup = followup


@dataclass(frozen=True)
class Standing:
    """An order taken by hand, as its page shows it. `due`: what is still to be paid; `payment`: the newest attempt;
    `box`: the guest's mailbox, empty without a chat."""

    order: Order
    items: tuple[OrderItem, ...]
    due: Decimal
    payment: Payment | None = field(repr=False)
    box: str = ""

    @property
    def paid(self) -> bool:
        """Whether it is bought."""
        return self.order.status in BOUGHT

    @property
    def token(self) -> str:
        """Differs whenever the page should be read again."""
        live = f"{self.payment.id}:{self.payment.status}" if self.payment else ""
        return f"{self.order.status}:{plain(self.due)}:{live}"


def menu_of(program: Program, workspace_id: UUID) -> Menu:
    """The menu that counts now, also while the mailbox store is away."""
    key = str(workspace_id)
    try:
        return program.menus.menu(key, program.store.menus.version(key))
    except StoreUnavailable:
        with transaction(program.sessions) as db:
            return load_menu(db, workspace_id)


def known_guest(db: Session, workspace_id: UUID, phone: str) -> dict[str, object]:
    """What is known of whose number this is, as `core.conversation.profile` has it; of nobody, nothing."""
    customer = by_phone(db, workspace_id, phone) if phone else None
    return profile_of(db, customer) if customer else {}


def take_order(program: Program, db: Session, by: Actor, phone: str, effect: Effect) -> tuple[UUID, Followup]:
    """Place it, once per cart; with a `phone` in digits for the guest it belongs to, who is made where there is none.

    Raises NotPlaced: the caller's transaction must not be committed.
    """
    guest = _guest(program, db, by.workspace_id, phone, effect["customer_name"]) if phone else None
    buyer = guest.buyer if guest else Buyer(by.workspace_id)
    buyer = Buyer(buyer.workspace_id, buyer.customer, buyer.conversation_id, by.user_id)
    outcome, followup = place_order(db, buyer, effect)
    if outcome["result"] != "placed":
        raise NotPlaced(outcome, followup)
    return UUID(outcome["order_id"]), followup


def cart_of(entry: UUID) -> str:
    """The cart of a form: sent twice, it is one order."""
    return f"{CART}{entry}"


def taken_before(db: Session, workspace_id: UUID, entry: UUID) -> UUID | None:
    """The order that this form became, if it did."""
    return db.scalar(select(Order.id).where(Order.id == order_id_of(workspace_id, cart_of(entry))))


def pay_cash(
    db: Session, workspace_id: UUID, user_id: UUID, order_id: UUID, entry: UUID, received: Decimal
) -> tuple[Taken, Followup]:
    """The money is in hand; the same `entry` again takes nothing. Raises Rejected as `take_for` does, and not_found."""
    order = _locked(db, Actor(workspace_id, user_id), order_id)
    return take_for(db, order, user_id, entry, received)


def ask_phone(db: Session, by: Actor, order_id: UUID, phone: str) -> tuple[Outcome, Followup]:
    """An M-Pesa prompt to this number, in digits: no chat waits for it, so it goes out at once. Raises Rejected."""
    order = _locked(db, by, order_id)
    customer = db.get(Customer, order.customer_id) if order.customer_id else None
    buyer = Buyer(order.workspace_id, customer, order.conversation_id, by.user_id)
    outcome, followup = ask_payment(db, buyer, order.id, {"method": Method.MPESA, "phone": phone})
    if outcome["result"] != "requested":
        return outcome, followup
    record(db, by, "payment_asked_by_hand", "order", order.id, detail={"number": order.number})
    return outcome, followup | Followup(jobs=(request_payment(outcome["payment_id"]),))


def send_to_chat(db: Session, by: Actor, order_id: UUID, entry: UUID) -> Followup:
    """The guest pays in their own chat, and is asked there how; the same `entry` again asks nothing.

    Raises Rejected: not_found, no_chat, already_paid, order_closed.
    """
    order = _locked(db, by, order_id)
    if order.conversation_id is None:
        raise Rejected("no_chat")
    if order.status is not OrderStatus.PENDING:
        raise Rejected("already_paid" if order.status in BOUGHT else "order_closed")
    chat = db.get_one(Conversation, order.conversation_id)
    due = order.total - paid_so_far(db, order.id)
    said = in_news(order) | {"amount": plain(due), "currency": order.currency}
    if not owe_once(db, uuid5(order.id, f"chat:{entry}"), chat, ORDER_TAKEN, said):
        return Followup()
    record(db, by, "order_sent_to_chat", "order", order.id, detail={"number": order.number})
    return Followup(conversations=frozenset({chat.id}))


def box_of(program: Program, db: Session, workspace_id: UUID, phone: str) -> str:
    """The mailbox of the guest whose number this is, also of one who has only looked around; empty without a line."""
    chat = _newest_chat(db, by_phone(db, workspace_id, phone))
    return chat.mailbox if chat else _address(program, db, workspace_id, phone)[1]


def chat_is_open(program: Program, box: str) -> bool:
    """Whether WhatsApp lets us write freely to this guest now: they wrote within the last 24 hours."""
    try:
        return bool(box) and program.store.chat(box)[1] > 0
    except StoreUnavailable:
        return False


def standing_of(db: Session, workspace_id: UUID, order_id: UUID) -> Standing | None:
    """None where this house has taken no such order by hand."""
    mine = (Order.workspace_id == workspace_id, Order.id == order_id, Order.cart_id.startswith(CART))
    order = db.scalar(select(Order).where(*mine))
    if order is None:
        return None
    items = db.scalars(select(OrderItem).where(OrderItem.order_id == order_id).order_by(OrderItem.position)).all()
    newest = select(Payment).where(Payment.order_id == order_id).order_by(Payment.created_at.desc()).limit(1)
    chat = db.get(Conversation, order.conversation_id) if order.conversation_id else None
    due = order.total - paid_so_far(db, order_id)
    return Standing(order, tuple(items), due, db.scalar(newest), chat.mailbox if chat else "")


def _locked(db: Session, by: Actor, order_id: UUID) -> Order:
    order = lock_order(db, by.workspace_id, order_id)
    if order is None or not order.cart_id.startswith(CART):
        raise Rejected("not_found")
    return order


def _guest(program: Program, db: Session, workspace_id: UUID, phone: str, name: str) -> Guest | None:
    """Whose number this is, in the chat they have; else as their first message would make them. None without a line."""
    customer = by_phone(db, workspace_id, phone)
    if chat := _newest_chat(db, customer):
        return Guest(customer, chat) if customer else None
    channel_id, box = _address(program, db, workspace_id, phone)
    if channel_id is None:
        return None
    return find_guest(db, GuestRef(workspace_id, channel_id, box, "", phone, "" if customer else name))


def _address(program: Program, db: Session, workspace_id: UUID, phone: str) -> tuple[UUID | None, str]:
    """On which of the house's lines somebody would write first, and into which mailbox; none without a line."""
    active = (Channel.workspace_id == workspace_id, Channel.active, Channel.deleted_at.is_(None))
    channel_id = db.scalar(select(Channel.id).where(*active).order_by(Channel.created_at).limit(1))
    box = _mailbox(program, program.addresses.of(str(channel_id), "phone", phone)) if channel_id else ""
    return channel_id, box


def _newest_chat(db: Session, customer: Customer | None) -> Conversation | None:
    if customer is None:
        return None
    mine = (Conversation.workspace_id == customer.workspace_id, Conversation.customer_id == customer.id)
    return db.scalar(select(Conversation).where(*mine).order_by(Conversation.updated_at.desc()).limit(1))


def _mailbox(program: Program, address: str) -> str:
    try:
        return program.store.mailbox_of(address)
    except StoreUnavailable:
        log.warning("mailbox_not_looked_up")
        return address
