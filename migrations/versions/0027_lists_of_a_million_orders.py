"""Lists: the orders in which they are read, and trigrams of what is searched."""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_orders_list": ("orders", ["workspace_id", "created_at", "id"]),
    "ix_orders_list_status": ("orders", ["workspace_id", "status", "created_at"]),
    "ix_orders_list_total": ("orders", ["workspace_id", "total", "created_at"]),
    "ix_orders_list_guest": ("orders", ["workspace_id", "customer_name", "created_at"]),
    "ix_payments_list": ("payments", ["workspace_id", "created_at", "id"]),
    "ix_payments_list_status": ("payments", ["workspace_id", "status", "created_at"]),
    "ix_payments_list_amount": ("payments", ["workspace_id", "amount", "created_at"]),
    "ix_customers_list": ("customers", ["workspace_id", "created_at", "id"]),
}
SEARCHED = {
    "ix_orders_searched": ("orders", "customer_name || ' ' || note || ' ' || address"),
    "ix_customers_searched": ("customers", "given_name || ' ' || name"),
}


def upgrade() -> None:
    # Part of PostgreSQL's own contrib and trusted: the owner of the database may create it.
    op.execute("create extension if not exists pg_trgm")
    for name, (table, columns) in INDEXES.items():
        op.create_index(name, table, columns)
    for name, (table, texts) in SEARCHED.items():
        op.execute(f"create index {name} on {table} using gin (({texts}) gin_trgm_ops)")


def downgrade() -> None:
    for name, (table, _) in (INDEXES | SEARCHED).items():
        op.drop_index(name, table)
    op.execute("drop extension if exists pg_trgm")
