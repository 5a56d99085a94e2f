"""The list of customers: guests who did more than look around."""

from sqlalchemy import case, func, select

from core.domain.listing.asked import Sort
from core.domain.listing.columns import Column, Kind
from core.domain.listing.words import BLOCKED, STANDING, STANDING_TONES, WELCOME
from core.domain.orders import BOUGHT
from core.services.customer_page import VERSION
from core.services.listing.conditions import in_phone, in_text
from core.services.listing.declared import Field, Listing
from core.store.sql.tables import Customer, Order
from core.store.sql.tables.lists import CUSTOMERS_SEARCHED

_THEIRS = (
    Order.workspace_id == Customer.workspace_id,
    Order.customer_id == Customer.id,
    Order.status.in_(BOUGHT),
    ~Order.practice,
)
_NAME = func.coalesce(func.nullif(Customer.given_name, ""), Customer.name)

CUSTOMERS = Listing(
    name="customers",
    title="Clients",
    many="clients",
    table=Customer,
    fields=(
        Field(Column("name", "Name"), _NAME, CUSTOMERS_SEARCHED),
        Field(Column("phone", "Phone", Kind.PHONE), Customer.phone, Customer.phone_index),
        Field(
            Column("orders", "Orders", Kind.NUMBER, filterable=False),
            select(func.count()).where(*_THEIRS).correlate(Customer).scalar_subquery(),
        ),
        Field(
            Column("spent", "Spent", Kind.MONEY, filterable=False),
            select(func.coalesce(func.sum(Order.total - Order.returned), 0))
            .where(*_THEIRS)
            .correlate(Customer)
            .scalar_subquery(),
        ),
        Field(
            Column("last_order", "Last order", Kind.MOMENT, filterable=False),
            select(func.max(Order.created_at)).where(*_THEIRS).correlate(Customer).scalar_subquery(),
        ),
        Field(
            Column("standing", "Standing", Kind.STATUS, STANDING, STANDING_TONES),
            case((Customer.blocked_at.is_not(None), BLOCKED), else_=WELCOME),
        ),
        Field(Column("language", "Language"), Customer.language),
        Field(Column("discount_percent", "Discount %", Kind.NUMBER), Customer.discount_percent),
        Field(Column("created_at", "First seen", Kind.MOMENT, sortable=True), Customer.created_at),
        Field(Column("age_confirmed_at", "Age confirmed", Kind.MOMENT, shown=False), Customer.age_confirmed_at),
        Field(Column("messages_stopped_at", "Wants no news", Kind.MOMENT, shown=False), Customer.messages_stopped_at),
    ),
    sorts=(Sort("created_at", descending=True),),
    keys={"version": VERSION},
    looking=(in_text(CUSTOMERS_SEARCHED), in_phone(Customer.phone_index)),
    joined=lambda query: query.where(Customer.deleted_at.is_(None)),
)
