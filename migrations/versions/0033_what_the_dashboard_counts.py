"""What was sold in a span, and who came: the dashboard counts along these."""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("create index ix_orders_paid on orders (workspace_id, paid_at) where paid_at is not null")
    op.create_index("ix_customers_created_at", "customers", ["workspace_id", "created_at"])


def downgrade() -> None:
    op.drop_index("ix_customers_created_at", "customers")
    op.drop_index("ix_orders_paid", "orders")
