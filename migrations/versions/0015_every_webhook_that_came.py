"""Every webhook that came: a journal in partitions by month, which stand in a schema of their own."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0012"
branch_labels = None
depends_on = None

AHEAD = 3


def upgrade() -> None:
    op.create_table(
        "webhook_journal",
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("workspaces", sa.ARRAY(sa.Uuid()), server_default="{}", nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("others", sa.Integer(), server_default="0", nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("signature in ('good', 'bad')", name=op.f("ck_webhook_journal_signature")),
        sa.PrimaryKeyConstraint("arrived_at", "position", name=op.f("pk_webhook_journal")),
        postgresql_partition_by="RANGE (arrived_at)",
    )
    op.execute("create schema journal")
    now = datetime.now(UTC)
    for months in range(AHEAD):
        _make_partition(now.year, now.month + months)


def downgrade() -> None:
    op.drop_table("webhook_journal")
    op.execute("drop schema journal")


def _make_partition(year: int, month: int) -> None:
    first, after = _first(year, month), _first(year, month + 1)
    name = f"journal.y{first:%Y}m{first:%m}"
    op.execute(f"create table {name} partition of webhook_journal for values from ('{first}') to ('{after}')")


def _first(year: int, month: int) -> datetime:
    return datetime(year + (month - 1) // 12, (month - 1) % 12 + 1, 1, tzinfo=UTC)
