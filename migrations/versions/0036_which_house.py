"""Which of their houses a login is in, for people who work in several."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sign_ins", sa.Column("workspace_id", sa.Uuid(), sa.ForeignKey("workspaces.id"), nullable=True))


def downgrade() -> None:
    op.drop_column("sign_ins", "workspace_id")
