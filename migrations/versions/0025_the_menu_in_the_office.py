"""What staff say of categories, products and tables; pictures; stock that was wasted or put right."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

EDITED = ("categories", "products", "tables")
LARGEST_PICTURE = 1_000_000
NEW_REASONS = ("WASTED", "ADJUSTED")
OLD_REASONS = ("RECEIVED", "CORRECTED", "SOLD", "RETURNED")


def upgrade() -> None:
    for reason in NEW_REASONS:
        op.execute(f"alter type movement_reason add value '{reason}'")
    for table in EDITED:
        op.add_column(table, sa.Column("version", sa.Integer(), server_default="1", nullable=False))
        op.add_column(table, sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("categories", sa.Column("active", sa.Boolean(), server_default="true", nullable=False))
    _pictures()
    for name in ("attributes", "allergens"):
        op.add_column("products", sa.Column(name, postgresql.JSONB(), server_default="[]", nullable=False))
    op.add_column("products", sa.Column("sold_out", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("products", sa.Column("low_stock", sa.Integer(), server_default="0", nullable=False))
    op.create_check_constraint(op.f("ck_products_low_stock"), "products", "low_stock >= 0")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_products_low_stock"), "products")
    op.drop_constraint(op.f("fk_products_workspace_id_picture_id"), "products")
    for name in ("low_stock", "sold_out", "allergens", "attributes", "picture_id"):
        op.drop_column("products", name)
    op.drop_table("pictures")
    op.drop_column("categories", "active")
    for table in EDITED:
        op.drop_column(table, "edited_at")
        op.drop_column(table, "version")
    _without_new_reasons()


def _pictures() -> None:
    now = sa.text("now()")
    op.create_table(
        "pictures",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.CheckConstraint(f"octet_length(content) between 1 and {LARGEST_PICTURE}", name=op.f("ck_pictures_size")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_pictures_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pictures")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_pictures_workspace_id_id")),
        sa.UniqueConstraint("workspace_id", "digest", name=op.f("uq_pictures_workspace_id_digest")),
    )
    op.add_column("products", sa.Column("picture_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_products_workspace_id_picture_id"),
        "products",
        "pictures",
        ["workspace_id", "picture_id"],
        ["workspace_id", "id"],
    )


def _without_new_reasons() -> None:
    """PostgreSQL takes no value out of an enum: the column moves to one that never had them."""
    op.drop_constraint(op.f("ck_stock_movements_sale"), "stock_movements")
    op.drop_index("uq_stock_movements_sale", "stock_movements")
    op.execute("alter type movement_reason rename to movement_reason_before")
    postgresql.ENUM(*OLD_REASONS, name="movement_reason").create(op.get_bind())
    op.execute(
        "alter table stock_movements alter column reason type movement_reason using "
        "(case when reason::text in ('WASTED', 'ADJUSTED') then 'CORRECTED' else reason::text end)::movement_reason"
    )
    op.execute("drop type movement_reason_before")
    op.create_check_constraint(
        op.f("ck_stock_movements_sale"),
        "stock_movements",
        "reason not in ('SOLD') or (quantity < 0 and order_id is not null)",
    )
    op.create_index(
        "uq_stock_movements_sale",
        "stock_movements",
        ["order_id", "product_id", "reason"],
        unique=True,
        postgresql_where="order_id is not null",
    )
