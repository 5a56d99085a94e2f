"""Lists: the orders in which they are read, and trigrams of what is searched."""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_orders_list": ["workspace_id", "created_at", "id"],
    "ix_orders_list_status": ["workspace_id", "status", "created_at"],
    "ix_orders_list_total": ["workspace_id", "total", "created_at"],
    "ix_orders_list_guest": ["workspace_id", "customer_name", "created_at"],
}


def upgrade() -> None:
    # Part of PostgreSQL's own contrib and trusted: the owner of the database may create it.
    op.execute("create extension if not exists pg_trgm")
    for name, columns in INDEXES.items():
        op.create_index(name, "orders", columns)
    searched = "(customer_name || ' ' || note || ' ' || address)"
    op.execute(f"create index ix_orders_searched on orders using gin ({searched} gin_trgm_ops)")


def downgrade() -> None:
    op.drop_index("ix_orders_searched", "orders")
    for name in INDEXES:
        op.drop_index(name, "orders")
    op.execute("drop extension if exists pg_trgm")
