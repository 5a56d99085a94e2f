"""While a house is tried out, one number is answered."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("workspaces", sa.Column("debug_phone", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("workspaces", "debug_phone")
