"""Invoices without gaps, the tax authority's signatures, receipts and closings in writing, links to them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0021"
branch_labels = None
depends_on = None

ENUMS = {
    "document_kind": ("receipt", "closing_pdf", "closing_csv", "closing_xlsx"),
    "document_state": ("WANTED", "MADE", "FAILED"),
    "fiscal_state": ("WAITING", "SIGNED", "REFUSED"),
}
LARGEST_BYTES = 4 * 1024 * 1024


def word(name):
    return postgresql.ENUM(*ENUMS[name], name=name, create_type=False)


def id_columns():
    return (
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
    )


def time_columns():
    return tuple(
        sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)
        for name in ("created_at", "updated_at")
    )


def of_workspace(table):
    return (
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f(f"fk_{table}_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def parent(table):
    return sa.UniqueConstraint("workspace_id", "id", name=op.f(f"uq_{table}_workspace_id_id"))


def within(table, other, column):
    return sa.ForeignKeyConstraint(
        ["workspace_id", column],
        [f"{other}.workspace_id", f"{other}.id"],
        name=op.f(f"fk_{table}_workspace_id_{column}"),
    )


def upgrade():
    for name in ENUMS:
        postgresql.ENUM(*ENUMS[name], name=name).create(op.get_bind())
    op.add_column("workspaces", sa.Column("invoicing", postgresql.JSONB(), server_default="{}", nullable=False))
    op.create_table(
        "invoice_counters",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_invoice_counters_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", name=op.f("pk_invoice_counters")),
    )
    _invoices()
    _signatures()
    _documents()
    _links()
    op.execute(
        "create trigger refuse_change before update or delete on invoices"
        " for each row execute function refuse_change()"
    )


def downgrade():
    names = ("document_deliveries", "document_links", "documents", "fiscal_entries", "invoices", "invoice_counters")
    for table in names:
        op.drop_table(table)
    op.drop_column("workspaces", "invoicing")
    for name in ENUMS:
        word(name).drop(op.get_bind())


def _invoices():
    op.create_table(
        "invoices",
        *id_columns(),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        *(sa.Column(name, sa.Numeric(12, 2), nullable=False) for name in ("delivery_fee", "discount", "tip")),
        *(sa.Column(name, sa.Numeric(12, 2), nullable=False) for name in ("total", "vat")),
        sa.Column("vat_lines", postgresql.JSONB(), nullable=False),
        sa.Column("seller", postgresql.JSONB(), nullable=False),
        sa.Column("fiscal", sa.Boolean(), nullable=False),
        sa.Column("verify_token", sa.Text(), nullable=False),
        *time_columns(),
        sa.CheckConstraint("number > 0", name=op.f("ck_invoices_number")),
        sa.CheckConstraint("total > 0 and vat >= 0 and vat <= total", name=op.f("ck_invoices_total")),
        sa.CheckConstraint("delivery_fee >= 0 and discount >= 0 and tip >= 0", name=op.f("ck_invoices_parts")),
        within("invoices", "orders", "order_id"),
        *of_workspace("invoices"),
        parent("invoices"),
        sa.UniqueConstraint("workspace_id", "number", name=op.f("uq_invoices_workspace_id_number")),
        sa.UniqueConstraint("workspace_id", "order_id", name=op.f("uq_invoices_workspace_id_order_id")),
        sa.UniqueConstraint("verify_token", name=op.f("uq_invoices_verify_token")),
    )


def _signatures():
    table = "fiscal_entries"
    op.create_table(
        table,
        *id_columns(),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("state", word("fiscal_state"), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("number", sa.Text(), server_default="", nullable=False),
        sa.Column("qr", sa.Text(), server_default="", nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        *time_columns(),
        sa.CheckConstraint("(state = 'SIGNED') = (signed_at is not null)", name=op.f(f"ck_{table}_signed")),
        sa.CheckConstraint("(state = 'WAITING') = (next_try_at is not null)", name=op.f(f"ck_{table}_waiting")),
        within(table, "invoices", "invoice_id"),
        *of_workspace(table),
        sa.UniqueConstraint("invoice_id", name=op.f(f"uq_{table}_invoice_id")),
    )
    op.create_index(
        "ix_fiscal_entries_due", table, ["next_try_at"], postgresql_where=sa.text("next_try_at is not null")
    )


def _documents():
    table = "documents"
    op.create_table(
        table,
        *id_columns(),
        sa.Column("kind", word("document_kind"), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.Column("closing_id", sa.Uuid(), nullable=True),
        sa.Column("state", word("document_state"), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        *time_columns(),
        sa.CheckConstraint("(kind = 'receipt') = (invoice_id is not null)", name=op.f("ck_documents_invoice")),
        sa.CheckConstraint("(kind = 'receipt') = (closing_id is null)", name=op.f("ck_documents_closing")),
        sa.CheckConstraint("(state = 'MADE') = (content is not null)", name=op.f("ck_documents_made")),
        sa.CheckConstraint("(state = 'WANTED') = (next_try_at is not null)", name=op.f("ck_documents_wanted")),
        sa.CheckConstraint(f"octet_length(content) between 1 and {LARGEST_BYTES}", name=op.f("ck_documents_size")),
        within(table, "invoices", "invoice_id"),
        within(table, "closings", "closing_id"),
        *of_workspace(table),
        parent(table),
        sa.UniqueConstraint("kind", "invoice_id", name=op.f("uq_documents_kind_invoice_id")),
        sa.UniqueConstraint("kind", "closing_id", name=op.f("uq_documents_kind_closing_id")),
    )
    op.create_index("ix_documents_due", table, ["next_try_at"], postgresql_where=sa.text("next_try_at is not null"))


def _links():
    op.create_table(
        "document_links",
        *id_columns(),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        *time_columns(),
        within("document_links", "documents", "document_id"),
        sa.ForeignKeyConstraint(["revoked_by"], ["users.id"], name=op.f("fk_document_links_revoked_by")),
        *of_workspace("document_links"),
    )
    op.create_index("ix_document_links_document_id", "document_links", ["document_id", "expires_at"])
    op.create_table(
        "document_deliveries",
        *id_columns(),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        *time_columns(),
        within("document_deliveries", "documents", "document_id"),
        within("document_deliveries", "conversations", "conversation_id"),
        *of_workspace("document_deliveries"),
    )
    op.create_index(
        "uq_document_deliveries_open", "document_deliveries", ["document_id", "conversation_id"], unique=True,
        postgresql_where=sa.text("done_at is null"),
    )  # fmt: skip
