"""Calls for staff, and the indexes of the trouble list. Only adds: the program before it works on as it was."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

CALL_STATUS = postgresql.ENUM("OPEN", "SEEN", name="call_status", create_type=False)


def upgrade():
    """The word, its table, two indexes."""
    CALL_STATUS.create(op.get_bind())
    op.create_table(
        "staff_calls",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("customer_name", sa.Text(), server_default="", nullable=False),
        sa.Column("table_number", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("status", CALL_STATUS, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_by", sa.Uuid(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(status = 'SEEN') = (seen_at is not null)", name=op.f("ck_staff_calls_seen")),
        sa.CheckConstraint("table_number is null or table_number > 0", name=op.f("ck_staff_calls_table")),
        sa.ForeignKeyConstraint(["seen_by"], ["users.id"], name=op.f("fk_staff_calls_seen_by")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "conversation_id"],
            ["conversations.workspace_id", "conversations.id"],
            name=op.f("fk_staff_calls_workspace_id_conversation_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_staff_calls_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_calls")),
    )
    op.create_index(
        "uq_staff_calls_open", "staff_calls", ["conversation_id"], unique=True, postgresql_where="status = 'OPEN'"
    )
    op.create_index("ix_staff_calls_open", "staff_calls", ["workspace_id"], postgresql_where="status = 'OPEN'")
    op.create_index(
        "ix_messages_undelivered",
        "messages",
        ["workspace_id", "at"],
        postgresql_where="status in ('failed', 'unknown')",
    )
    op.create_index("ix_payments_review", "payments", ["workspace_id"], postgresql_where="status = 'NEEDS_REVIEW'")


def downgrade():
    """What `upgrade` added."""
    op.drop_index("ix_payments_review", "payments")
    op.drop_index("ix_messages_undelivered", "messages")
    op.drop_table("staff_calls")
    CALL_STATUS.drop(op.get_bind())
