"""Options of products, prices by the hour, and hours of products and headings."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

MONEY = sa.Numeric(12, 2)
Item = sa.Column[Any] | sa.Constraint


def upgrade() -> None:
    for table in ("categories", "products"):
        op.add_column(table, sa.Column("hours", postgresql.JSONB(), server_default="{}", nullable=False))
    op.add_column("order_items", sa.Column("options", postgresql.JSONB(), server_default="[]", nullable=False))
    _questions()
    _prices()


def downgrade() -> None:
    for table in ("list_prices", "price_lists", "product_groups", "options", "option_groups"):
        op.drop_table(table)
    op.drop_column("order_items", "options")
    for table in ("products", "categories"):
        op.drop_column(table, "hours")


def _questions() -> None:
    op.create_table(
        "option_groups",
        *_mine(),
        sa.Column("name", sa.Text(), nullable=False),
        _json("names"),
        sa.Column("least", sa.Integer(), server_default="0", nullable=False),
        sa.Column("most", sa.Integer(), server_default="1", nullable=False),
        *_edited("option_groups", versioned=True),
        sa.CheckConstraint(
            "least >= 0 and most between greatest(least, 1) and 30", name=op.f("ck_option_groups_choices")
        ),
    )
    op.create_table(
        "options",
        *_mine(),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        _json("names"),
        sa.Column("price", MONEY, server_default="0", nullable=False),
        sa.Column("available", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        *_edited("options"),
        _within("options", "option_groups", "group_id"),
    )
    op.create_index(op.f("ix_options_group_id"), "options", ["group_id"])
    op.create_table(
        "product_groups",
        *_mine(),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        *_owned("product_groups"),
        _within("product_groups", "products", "product_id"),
        _within("product_groups", "option_groups", "group_id"),
        sa.UniqueConstraint("product_id", "group_id", name=op.f("uq_product_groups_product_id_group_id")),
    )
    op.create_index(op.f("ix_product_groups_group_id"), "product_groups", ["group_id"])


def _prices() -> None:
    op.create_table(
        "price_lists",
        *_mine(),
        sa.Column("name", sa.Text(), nullable=False),
        _json("hours"),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        *_edited("price_lists", versioned=True),
    )
    op.create_table(
        "list_prices",
        *_mine(),
        sa.Column("price_list_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("price", MONEY, nullable=False),
        *_owned("list_prices"),
        _within("list_prices", "price_lists", "price_list_id"),
        _within("list_prices", "products", "product_id"),
        sa.UniqueConstraint("price_list_id", "product_id", name=op.f("uq_list_prices_price_list_id_product_id")),
        sa.CheckConstraint("price > 0", name=op.f("ck_list_prices_price")),
    )
    op.create_index(op.f("ix_list_prices_product_id"), "list_prices", ["product_id"])


def _mine() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
    ]


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, postgresql.JSONB(), server_default="{}", nullable=False)


def _owned(table: str) -> list[Item]:
    moments = [_moment(name, sa.text("now()")) for name in ("created_at", "updated_at")]
    keys = [
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f(f"fk_{table}_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]
    return [*moments, *keys]


def _edited(table: str, versioned: bool = False) -> list[Item]:
    """Who made, changed and took it away; what has parts or is pointed at is named within its venue."""
    version = [
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        _moment("edited_at"),
    ]
    people = [sa.Column(name, sa.Uuid()) for name in ("created_by", "updated_by")]
    keys = [sa.ForeignKeyConstraint([c.name], ["users.id"], name=op.f(f"fk_{table}_{c.name}")) for c in people]
    whole = sa.UniqueConstraint("workspace_id", "id", name=op.f(f"uq_{table}_workspace_id_id"))
    return [*(version if versioned else []), *people, _moment("deleted_at"), *_owned(table), *keys, whole]


def _moment(name: str, default: sa.TextClause | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default, nullable=default is None)


def _within(table: str, other: str, column: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_workspace_id_{column}")
    return sa.ForeignKeyConstraint(["workspace_id", column], [f"{other}.workspace_id", f"{other}.id"], name=name)
