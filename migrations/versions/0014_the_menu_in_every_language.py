"""The menu in every language, and its photos."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, column in (("categories", "names"), ("products", "names"), ("products", "descriptions")):
        op.add_column(table, sa.Column(column, postgresql.JSONB(), server_default="{}", nullable=False))
    op.add_column("products", sa.Column("photo", sa.Text(), server_default="", nullable=False))
    op.create_check_constraint(op.f("ck_products_photo"), "products", "photo = '' or photo like 'https://%'")


def downgrade() -> None:
    op.drop_column("products", "photo")
    for table, column in (("products", "descriptions"), ("products", "names"), ("categories", "names")):
        op.drop_column(table, column)
