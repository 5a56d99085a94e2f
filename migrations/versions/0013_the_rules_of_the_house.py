"""The rules of the house: hours, minimum order, delivery, features, codes of tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("workspaces", sa.Column("minimum_order", sa.Numeric(12, 2), server_default="0", nullable=False))
    for name in ("hours", "delivery", "features"):
        op.add_column("workspaces", sa.Column(name, postgresql.JSONB(), server_default="{}", nullable=False))
    key = sa.Column("table_key", sa.Uuid(), server_default=sa.func.gen_random_uuid(), nullable=False)
    op.add_column("workspaces", key)
    op.create_check_constraint(op.f("ck_workspaces_minimum_order"), "workspaces", "minimum_order >= 0")
    op.add_column("orders", sa.Column("pickup", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("orders", sa.Column("note", sa.Text(), server_default="", nullable=False))
    op.add_column("orders", sa.Column("delivery_fee", sa.Numeric(12, 2), server_default="0", nullable=False))
    fee = "delivery_fee >= 0 and delivery_fee <= total"
    op.create_check_constraint(op.f("ck_orders_delivery_fee"), "orders", fee)


def downgrade():
    op.drop_constraint(op.f("ck_orders_delivery_fee"), "orders")
    for name in ("delivery_fee", "note", "pickup"):
        op.drop_column("orders", name)
    op.drop_constraint(op.f("ck_workspaces_minimum_order"), "workspaces")
    for name in ("table_key", "features", "delivery", "hours", "minimum_order"):
        op.drop_column("workspaces", name)
