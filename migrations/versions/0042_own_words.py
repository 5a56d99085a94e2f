"""A venue's own words in place of ours."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("workspaces", sa.Column("wordings", JSONB(), nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("workspaces", "wordings")
