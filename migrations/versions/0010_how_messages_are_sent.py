"""How messages are sent: a number's throughput, templates' account, opt-out, and which messages matter."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0002"
branch_labels = None
depends_on = None

UNDELIVERED = "important and status in ('failed', 'unknown')"


def upgrade():
    op.add_column("channels", sa.Column("throughput", sa.Integer(), server_default="80", nullable=False))
    op.add_column("channels", sa.Column("business_account_id", sa.Text(), server_default="", nullable=False))
    op.create_check_constraint(op.f("ck_channels_throughput"), "channels", "throughput between 1 and 10000")
    op.add_column("customers", sa.Column("messages_stopped_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("messages", sa.Column("important", sa.Boolean(), server_default="false", nullable=False))
    where = {"postgresql_where": sa.text(UNDELIVERED)}
    op.drop_index("ix_messages_undelivered", "messages")
    op.create_index("ix_messages_undelivered", "messages", ["workspace_id", "at"], **where)


def downgrade():
    op.drop_index("ix_messages_undelivered", "messages")
    op.create_index(
        "ix_messages_undelivered",
        "messages",
        ["workspace_id", "at"],
        postgresql_where=sa.text("status in ('failed', 'unknown')"),
    )
    op.drop_column("messages", "important")
    op.drop_column("customers", "messages_stopped_at")
    op.drop_constraint(op.f("ck_channels_throughput"), "channels")
    op.drop_column("channels", "business_account_id")
    op.drop_column("channels", "throughput")
