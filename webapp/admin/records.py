"""The lists of the office: orders."""

from flask import Blueprint

from core.domain.permissions import Permission
from core.services.listing.orders import ORDERS
from webapp.admin.access import Pages
from webapp.admin.lists import Link, ListPage, add_list

ORDERS_PAGE = ListPage(
    ORDERS,
    needs=Permission.SEE_ORDERS,
    links=(Link("Receipt (PDF)", "/admin/receipts/{id}.pdf", Permission.SHARE_RECEIPTS),),
    empty="No orders yet. They stand here from the moment a guest orders in the chat.",
)


def register(admin: Blueprint) -> None:
    """The addresses of these pages."""
    add_list(Pages(admin), ORDERS_PAGE)
