"""The list of orders."""

from sqlalchemy import case, func, or_, select

from core.domain.listing.asked import Sort
from core.domain.listing.columns import Column, Kind, Mark
from core.domain.listing.words import BAD, ORDER, ORDER_TONES
from core.services.listing.conditions import in_number, in_text
from core.services.listing.declared import Field, Listing
from core.store.sql.tables import ORDERS_SEARCHED, Order, Workspace

_GUEST = case(
    (Order.practice, func.concat_ws(" · ", func.nullif(Order.customer_name, ""), "practice")), else_=Order.customer_name
)
# Practice stands in the list, and in its files, only while the house practises.
_PRACTISES = select(Workspace.dev_mode).where(Workspace.id == Order.workspace_id).correlate(Order).scalar_subquery()

ORDERS = Listing(
    name="orders",
    title="Orders",
    many="orders",
    table=Order,
    fields=(
        Field(Column("number", "Order", Kind.NUMBER, sortable=True), Order.number),
        Field(Column("created_at", "Ordered", Kind.MOMENT, sortable=True), Order.created_at),
        Field(Column("status", "Status", Kind.STATUS, ORDER, ORDER_TONES), Order.status),
        Field(Column("table_number", "Table", Kind.NUMBER), Order.table_number),
        Field(Column("customer_name", "Guest", sortable=True), _GUEST, Order.customer_name, within=ORDERS_SEARCHED),
        Field(Column("total", "Total", Kind.MONEY, sortable=True), Order.total),
        Field(Column("note", "Note"), Order.note, within=ORDERS_SEARCHED),
        Field(Column("paid_at", "Paid", Kind.MOMENT, shown=False), Order.paid_at),
        Field(Column("address", "Address", shown=False), Order.address, within=ORDERS_SEARCHED),
        Field(Column("discount", "Discount", Kind.MONEY, shown=False), Order.discount),
        Field(Column("tip", "Tip", Kind.MONEY, shown=False), Order.tip),
        Field(Column("vat", "VAT", Kind.MONEY, shown=False), Order.vat),
        Field(Column("returned", "Taken back", Kind.MONEY, marks=(Mark(BAD, least=1),), shown=False), Order.returned),
    ),
    sorts=(Sort("created_at", descending=True),),
    looking=(in_number(Order.number), in_text(ORDERS_SEARCHED)),
    joined=lambda query: query.where(or_(~Order.practice, _PRACTISES)),
)
