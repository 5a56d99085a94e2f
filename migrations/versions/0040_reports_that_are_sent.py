"""Reports that are sent by themselves, and files of long lists: documents about neither an invoice nor a closing."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

BEFORE = ("receipt", "closing_pdf", "closing_csv", "closing_xlsx")
ADDED = ("report_pdf", "list_csv", "list_xlsx", "list_pdf")
CLOSINGS = "(kind in ('closing_pdf', 'closing_csv', 'closing_xlsx')) = (closing_id is not null)"
SMALL, LARGE = 4 * 1024 * 1024, 16 * 1024 * 1024
MOMENT = sa.DateTime(timezone=True)
ENUMS = {"report_every": ("daily", "weekly"), "report_way": ("mail", "whatsapp")}


def upgrade() -> None:
    for word in ADDED:
        op.execute(f"alter type document_kind add value '{word}'")
    op.add_column("documents", sa.Column("request", postgresql.JSONB(), server_default="{}", nullable=False))
    op.add_column("documents", sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id"), nullable=True))
    op.add_column("documents", sa.Column("progress", sa.Integer(), server_default="0", nullable=False))
    _check("documents", "closing", CLOSINGS)
    _check("documents", "size", f"octet_length(content) between 1 and {LARGE}")
    asked = "(invoice_id is null and closing_id is null) = (request <> '{}')"
    op.create_check_constraint(op.f("ck_documents_request"), "documents", asked)
    op.create_check_constraint(op.f("ck_documents_progress"), "documents", "progress between 0 and 100")
    op.alter_column("document_deliveries", "conversation_id", nullable=True)
    op.add_column("document_deliveries", sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id"), nullable=True))
    whom = "(conversation_id is null) <> (user_id is null)"
    op.create_check_constraint(op.f("ck_document_deliveries_whom"), "document_deliveries", whom)
    _schedules()


def downgrade() -> None:
    op.drop_table("report_schedules")
    for name in ENUMS:
        op.execute(f"drop type {name}")
    of_these = "(select id from documents where invoice_id is null and closing_id is null)"
    for table in ("document_deliveries", "document_links"):
        op.execute(f"delete from {table} where document_id in {of_these}")
    op.execute("delete from document_deliveries where conversation_id is null")
    op.execute(f"delete from documents where id in {of_these}")
    op.drop_constraint(op.f("ck_document_deliveries_whom"), "document_deliveries")
    op.drop_column("document_deliveries", "user_id")
    op.alter_column("document_deliveries", "conversation_id", nullable=False)
    for name in ("request", "progress", "closing", "invoice"):
        op.drop_constraint(op.f(f"ck_documents_{name}"), "documents")
    for name in ("progress", "user_id", "request"):
        op.drop_column("documents", name)
    _fewer_kinds()
    receipt = "(kind = 'receipt') = (invoice_id is not null)"
    op.create_check_constraint(op.f("ck_documents_invoice"), "documents", receipt)
    closing = "(kind = 'receipt') = (closing_id is null)"
    op.create_check_constraint(op.f("ck_documents_closing"), "documents", closing)
    _check("documents", "size", f"octet_length(content) between 1 and {SMALL}")


def _check(table: str, name: str, rule: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, rule)


def _fewer_kinds() -> None:
    op.execute("alter type document_kind rename to document_kind_after")
    postgresql.ENUM(*BEFORE, name="document_kind").create(op.get_bind())
    op.execute("alter table documents alter column kind type document_kind using kind::text::document_kind")
    op.execute("drop type document_kind_after")


def _schedules() -> None:
    for name, words in ENUMS.items():
        postgresql.ENUM(*words, name=name).create(op.get_bind())
    table = "report_schedules"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("every", postgresql.ENUM(name="report_every", create_type=False), nullable=False),
        sa.Column("way", postgresql.ENUM(name="report_way", create_type=False), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("hour between 6 and 23", name=op.f(f"ck_{table}_hour")),
        sa.CheckConstraint("(way = 'whatsapp') = (conversation_id is not null)", name=op.f(f"ck_{table}_whom")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f(f"fk_{table}_workspace_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f(f"fk_{table}_user_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "conversation_id"],
            ["conversations.workspace_id", "conversations.id"],
            name=op.f(f"fk_{table}_workspace_id_conversation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "workspace_id", "user_id", "every", "way", name=op.f(f"uq_{table}_workspace_id_user_id_every_way")
        ),
    )
    op.create_index("ix_report_schedules_due_at", table, ["due_at"])
