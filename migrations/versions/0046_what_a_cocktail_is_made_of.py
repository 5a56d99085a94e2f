"""Ingredients, and the recipes that take from them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

UNIT = postgresql.ENUM("PIECE", "MILLILITRE", "GRAM", name="stock_unit", create_type=False)
CHECKS = {
    "price": "price > 0 or category_id is null",
    "counted": "counted or mixed",
    "ingredient": "category_id is not null or not (in_menu or mixed)",
    "unit": "category_id is null or unit = 'PIECE'",
}
# A way back keeps what is on the shelves: ingredients become products that no guest sees.
SHELVED = (
    """insert into categories (workspace_id, name, slug, active)
       select distinct workspace_id, 'Ingredients', 'ingredients-' || substr(gen_random_uuid()::text, 1, 8), false
       from (select distinct workspace_id from products where category_id is null) as houses""",
    """update products p set price = 1, category_id = (
           select c.id from categories c where c.workspace_id = p.workspace_id and c.slug like 'ingredients-%'
           order by c.created_at desc limit 1)
       where p.category_id is null""",
)


def upgrade() -> None:
    UNIT.create(op.get_bind())
    op.alter_column("products", "category_id", nullable=True)
    op.add_column("products", sa.Column("unit", UNIT, server_default="PIECE", nullable=False))
    op.add_column("products", sa.Column("counted", sa.Boolean(), server_default="true", nullable=False))
    op.add_column("products", sa.Column("mixed", sa.Boolean(), server_default="false", nullable=False))
    op.drop_constraint(op.f("ck_products_price"), "products")
    for name, rule in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_products_{name}"), "products", rule)
    op.add_column("order_items", sa.Column("takes", postgresql.JSONB(), server_default="{}", nullable=False))
    _recipes()


def downgrade() -> None:
    op.drop_table("recipe_lines")
    op.drop_column("order_items", "takes")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_products_{name}"), "products")
    for statement in SHELVED:
        op.execute(statement)
    op.create_check_constraint(op.f("ck_products_price"), "products", "price > 0")
    for name in ("mixed", "counted", "unit"):
        op.drop_column("products", name)
    op.alter_column("products", "category_id", nullable=False)
    UNIT.drop(op.get_bind())


def _recipes() -> None:
    now = sa.text("now()")
    op.create_table(
        "recipe_lines",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("ingredient_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipe_lines")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_recipe_lines_workspace_id")),
        *_of_products("product_id", "ingredient_id"),
        sa.UniqueConstraint("product_id", "ingredient_id", name=op.f("uq_recipe_lines_product_id_ingredient_id")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_recipe_lines_quantity")),
        sa.CheckConstraint("product_id <> ingredient_id", name=op.f("ck_recipe_lines_itself")),
    )
    op.create_index(op.f("ix_recipe_lines_ingredient_id"), "recipe_lines", ["ingredient_id", "quantity"])


def _of_products(*columns: str) -> list[sa.ForeignKeyConstraint]:
    parent = ["products.workspace_id", "products.id"]
    names = [op.f(f"fk_recipe_lines_workspace_id_{column}") for column in columns]
    return [
        sa.ForeignKeyConstraint(["workspace_id", column], parent, name=name)
        for column, name in zip(columns, names, strict=True)
    ]
