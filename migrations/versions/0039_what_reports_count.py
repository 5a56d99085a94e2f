"""What the ledger and the shelves say of a span of days: reports read along these."""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_ledger_lines_created_at", "ledger_lines", ["workspace_id", "created_at"])
    op.create_index("ix_stock_movements_created_at", "stock_movements", ["workspace_id", "created_at"])


def downgrade() -> None:
    op.drop_index("ix_stock_movements_created_at", "stock_movements")
    op.drop_index("ix_ledger_lines_created_at", "ledger_lines")
