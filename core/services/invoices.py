"""Every paid order has an invoice, numbered without gaps in its workspace, written in the transaction that pays it."""

import secrets
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Boolean, ColumnElement, ScalarSelect, Text, cast, false, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by, insert
from sqlalchemy.orm import Session

from core import clock
from core.domain.documents import DocumentKind
from core.domain.invoices import Fiscal, Paid, Seller, read_lines, read_vat, vat_lines, written_vat
from core.domain.invoices import Invoice as Facts
from core.domain.statuses import Provider, ReceiptState
from core.services.documents_wanted import deliver_later, want_document
from core.store.sql.tables import FiscalEntry, Invoice, InvoiceCounter, Order, OrderItem, Receipt, Workspace

HOW = {
    Provider.KOPOKOPO: "M-Pesa",
    Provider.PESAPAL: "Pesapal",
    Provider.PAYSTACK: "Paystack",
    Provider.CASH: "Cash",
}
COUNTED = (ReceiptState.MATCHED, ReceiptState.REFUNDED, ReceiptState.REVERSED)


def issue_invoice(db: Session, order: Order) -> None:
    """Write the invoice of a locked order that has just been paid; the venue may want the PDF to follow by itself.

    One statement takes the number, reads the venue and writes the row: the counter stays locked until the commit, and a
    rollback gives the number back. It comes after stock in the order of locks.
    """
    counted = insert(InvoiceCounter).values(workspace_id=order.workspace_id, last=1)
    next_one = {"last": InvoiceCounter.last + 1}
    counted = counted.on_conflict_do_update(index_elements=[InvoiceCounter.workspace_id], set_=next_one)
    number = select(counted.returning(InvoiceCounter.last).cte("counted").c.last).scalar_subquery()
    invoice = insert(Invoice).values(**_row(order), number=number, **_of_venue(order), lines=_lines_of(order.id))
    send = _venue(order, _switch("send")).label("send")
    invoice_id, fiscal, to_be_sent = db.execute(invoice.returning(Invoice.id, Invoice.fiscal, send)).one()
    if fiscal:
        db.add(FiscalEntry(workspace_id=order.workspace_id, invoice_id=invoice_id, next_try_at=clock.now()))
    if to_be_sent and order.conversation_id:
        receipt = want_document(db, order.workspace_id, DocumentKind.RECEIPT, invoice_id)
        deliver_later(db, receipt, order.conversation_id)


def invoice_of(db: Session, order: Order) -> Invoice | None:
    """The invoice of a locked order; one that was paid before there were invoices gets its own now."""
    mine = select(Invoice).where(Invoice.workspace_id == order.workspace_id, Invoice.order_id == order.id)
    found = db.scalar(mine)
    if found is None and order.paid_at is not None:
        issue_invoice(db, order)
        found = db.scalar(mine)
    return found


def facts_of(invoice: Invoice, order_number: int) -> Facts:
    """An invoice as plain data."""
    return Facts(
        number=invoice.number,
        order_number=order_number,
        issued_at=invoice.issued_at,
        currency=invoice.currency,
        seller=Seller(**invoice.seller),
        lines=read_lines(invoice.lines),
        delivery_fee=invoice.delivery_fee,
        discount=invoice.discount,
        tip=invoice.tip,
        total=invoice.total,
        vat_lines=read_vat(invoice.vat_lines),
    )


def paid_for(db: Session, order_id: UUID) -> tuple[Paid, ...]:
    """The money that counts towards this order, or did until it went back; oldest first."""
    counted = (Receipt.order_id == order_id, Receipt.state.in_(COUNTED))
    receipts = db.scalars(select(Receipt).where(*counted).order_by(Receipt.received_at, Receipt.id))
    return tuple(
        Paid(HOW[one.provider], one.reference, one.amount, one.received_at, one.refunded + one.reversed)
        for one in receipts
    )


def fiscal_of(db: Session, invoice_id: UUID) -> Fiscal | None:
    """What the tax authority made of it, if it has signed."""
    found = db.scalar(select(FiscalEntry).where(FiscalEntry.invoice_id == invoice_id))
    return Fiscal(found.number, found.qr) if found is not None and found.number else None


def verified(db: Session, token: str) -> Invoice | None:
    """The invoice whose QR code carries this."""
    return db.scalar(select(Invoice).where(Invoice.verify_token == token))


def _row(order: Order) -> dict[str, Any]:
    price = order.total - order.tip
    return {
        "id": uuid4(),
        "workspace_id": order.workspace_id,
        "order_id": order.id,
        "issued_at": clock.now(),
        "currency": order.currency,
        "delivery_fee": order.delivery_fee,
        "discount": order.discount,
        "tip": order.tip,
        "total": price,
        "vat": order.vat,
        "vat_lines": written_vat(vat_lines(price, order.vat_percent)),
        "verify_token": secrets.token_urlsafe(16),
    }


def _of_venue(order: Order) -> dict[str, ColumnElement[Any]]:
    """What the venue's settings say now (`core.domain.invoicing`), read where they lie."""
    name = func.coalesce(func.nullif(_setting("seller"), ""), Workspace.name)
    rest = [part for word in ("address", "pin", "vat_number") for part in (word, func.coalesce(_setting(word), ""))]
    seller = func.jsonb_build_object("name", name, *rest)
    return {"seller": _venue(order, seller), "fiscal": _venue(order, _switch("fiscal"))}


def _venue(order: Order, what: ColumnElement[Any]) -> ScalarSelect[Any]:
    return select(what).where(Workspace.id == order.workspace_id).scalar_subquery()


def _setting(word: str) -> ColumnElement[Any]:
    return func.jsonb_extract_path_text(Workspace.invoicing, word)


def _switch(word: str) -> ColumnElement[Any]:
    return func.coalesce(cast(_setting(word), Boolean), false())


def _with_options() -> ColumnElement[str]:
    """What a line is called, with what was chosen: `Highball (Tonic, Double)`."""
    chosen = (
        func.jsonb_array_elements(OrderItem.options).table_valued("value", with_ordinality="place").render_derived()
    )
    names = func.string_agg(chosen.c.value.op("->>")("name"), aggregate_order_by(literal(", "), chosen.c.place))
    said = select(names).select_from(chosen).scalar_subquery()
    return OrderItem.name + func.coalesce(" (" + said + ")", "")


def _lines_of(order_id: UUID) -> ColumnElement[Any]:
    """The lines as JSON, made where they lie."""
    item = func.jsonb_build_object(
        "name", _with_options(), "quantity", OrderItem.quantity, "price", cast(OrderItem.price_at_time, Text)
    )
    together = func.coalesce(func.jsonb_agg(aggregate_order_by(item, OrderItem.position)), cast("[]", JSONB))
    return select(together).where(OrderItem.order_id == order_id).scalar_subquery()
