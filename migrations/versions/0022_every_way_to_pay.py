"""Every way to pay: a venue's ways and limits, tips, discounts, codes for the bar, typed M-Pesa codes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("workspaces", sa.Column("paying", postgresql.JSONB(), server_default="{}", nullable=False))
    for name in ("tip", "discount"):
        op.add_column("orders", sa.Column(name, sa.Numeric(12, 2), server_default="0", nullable=False))
    op.create_check_constraint(op.f("ck_orders_tip"), "orders", "tip >= 0 and tip < total and discount >= 0")
    percent = sa.Column("discount_percent", sa.Numeric(5, 2), server_default="0", nullable=False)
    op.add_column("customers", percent)
    op.add_column("customers", sa.Column("discount_active", sa.Boolean(), server_default="true", nullable=False))
    op.create_check_constraint(op.f("ck_customers_discount"), "customers", "discount_percent between 0 and 99")
    _cash()
    _claims()


def downgrade() -> None:
    for table in ("payment_claims", "cash_entries", "cash_codes"):
        op.drop_table(table)
    op.drop_constraint(op.f("ck_customers_discount"), "customers")
    for name in ("discount_active", "discount_percent"):
        op.drop_column("customers", name)
    op.drop_constraint(op.f("ck_orders_tip"), "orders")
    for name in ("discount", "tip"):
        op.drop_column("orders", name)
    op.drop_column("workspaces", "paying")


def _cash() -> None:
    op.create_table(
        "cash_codes",
        *_owned(),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        *_times(),
        *_keys("cash_codes", order_id="orders"),
        sa.UniqueConstraint("order_id", name=op.f("uq_cash_codes_order_id")),
    )
    unused = sa.text("used_at is null")
    op.create_index("uq_cash_codes_open", "cash_codes", ["workspace_id", "code"], unique=True, postgresql_where=unused)
    op.create_index("ix_cash_codes_code", "cash_codes", ["workspace_id", "code"])
    op.create_table(
        "cash_entries",
        *_owned(),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Numeric(12, 2), nullable=False) for name in ("amount", "received", "change")),
        sa.Column("currency", sa.Text(), nullable=False),
        *_times(),
        *_keys("cash_entries", order_id="orders", payment_id="payments"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_cash_entries_user_id")),
        sa.UniqueConstraint("workspace_id", "reference", name=op.f("uq_cash_entries_workspace_id_reference")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_cash_entries_payment_id")),
        sa.CheckConstraint(
            "amount > 0 and change >= 0 and received = amount + change", name=op.f("ck_cash_entries_adds_up")
        ),
    )
    op.create_index("ix_cash_entries_time", "cash_entries", ["workspace_id", "created_at"])


def _claims() -> None:
    parents = {
        "customer_id": "customers",
        "conversation_id": "conversations",
        "order_id": "orders",
        "payment_id": "payments",
    }
    op.create_table(
        "payment_claims",
        *_owned(),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("matched_at", sa.DateTime(timezone=True), nullable=True),
        *_times(),
        *_keys("payment_claims", **parents),
        sa.UniqueConstraint("customer_id", "code", name=op.f("uq_payment_claims_customer_id_code")),
        sa.CheckConstraint("(payment_id is null) = (matched_at is null)", name=op.f("ck_payment_claims_matched")),
    )
    op.create_index("ix_payment_claims_customer_id_created_at", "payment_claims", ["customer_id", "created_at"])
    op.create_index("ix_payment_claims_code", "payment_claims", ["workspace_id", "code"])
    op.create_index("ix_payment_claims_order_id", "payment_claims", ["order_id"])


def _owned() -> tuple[sa.Column, ...]:
    key = sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False)
    return key, sa.Column("workspace_id", sa.Uuid(), nullable=False)


def _times() -> tuple[sa.Column, ...]:
    now = sa.text("now()")
    return tuple(
        sa.Column(name, sa.DateTime(timezone=True), server_default=now, nullable=False)
        for name in ("created_at", "updated_at")
    )


def _keys(table: str, **parents: str) -> tuple[sa.Constraint, ...]:
    within = (
        sa.ForeignKeyConstraint(
            ["workspace_id", column],
            [f"{parent}.workspace_id", f"{parent}.id"],
            name=op.f(f"fk_{table}_workspace_id_{column}"),
        )
        for column, parent in parents.items()
    )
    return (
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f(f"fk_{table}_workspace_id")),
        *within,
    )
