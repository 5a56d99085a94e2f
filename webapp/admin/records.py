"""The lists of the office: orders, payments, customers, messages, and what staff did; and the page of one of each."""

from flask import Blueprint

from core.domain.permissions import Permission
from core.services.listing.activity import ACTIVITY
from core.services.listing.customers import CUSTOMERS
from core.services.listing.every import ACTS
from core.services.listing.messages import MESSAGES
from core.services.listing.orders import ORDERS
from core.services.listing.payments import PAYMENTS
from webapp.admin import calling_off, customer, customer_erase, menu_lists, order
from webapp.admin.access import Pages
from webapp.admin.listed import Link, ListPage
from webapp.admin.lists import add_list

LISTS = (
    ListPage(
        ORDERS,
        needs=Permission.SEE_ORDERS,
        opens="/admin/orders/{id}",
        inside="/admin/orders/{id}/inside",
        acts=ACTS[ORDERS.name],
        hears=("orders",),
        links=(Link("Receipt (PDF)", "/admin/receipts/{id}.pdf", Permission.SHARE_RECEIPTS),),
        empty="No orders yet. They stand here from the moment a guest orders in the chat.",
    ),
    ListPage(
        PAYMENTS,
        needs=Permission.SEE_MONEY,
        opens="/admin/money/payments/{id}",
        cells={"number": "/admin/orders/{order_id}"},
        hears=("orders",),
        empty="No payments yet. Each attempt to pay stands here, whatever became of it.",
    ),
    ListPage(
        CUSTOMERS,
        needs=Permission.SEE_CUSTOMERS,
        opens="/admin/customers/{id}",
        edits={name: customer.edit(name) for name in ("language", "discount_percent")},
        acts=ACTS[CUSTOMERS.name],
        hears=("customers", "orders"),
        empty="No clients yet. Who orders, pays or asks for somebody stands here.",
    ),
    ListPage(
        MESSAGES,
        needs=Permission.READ_CHATS,
        noted="messages_read",
        opens="/admin/conversations/{mailbox}",
        empty="No messages yet. What guests write and what they are answered stands here within seconds.",
    ),
    ListPage(ACTIVITY, needs=Permission.SEE_ACTIVITY, empty="Nobody has changed anything yet."),
    *menu_lists.LISTS,
)


def register(admin: Blueprint) -> None:
    """The addresses of these pages."""
    pages = Pages(admin)
    for one in LISTS:
        add_list(pages, one)
    order.register(pages)
    calling_off.register(pages)
    customer.register(pages)
    customer_erase.register(pages)
