"""Who the guest is: how they want to be called, what they told the venue, and what the venue asks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0014"
branch_labels = None
depends_on = None

COLUMNS = ("given_name", "birthday", "language")


def upgrade() -> None:
    op.add_column("workspaces", sa.Column("asks", postgresql.JSONB(), server_default="[]", nullable=False))
    for name in COLUMNS:
        op.add_column("customers", sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.add_column("customers", sa.Column("email", sa.Text(), nullable=True))
    op.add_column("customers", sa.Column("asked", postgresql.JSONB(), server_default="[]", nullable=False))
    op.add_column("webhook_events", sa.Column("kind", sa.Text(), server_default="", nullable=False))
    op.add_column("webhook_events", sa.Column("loud", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("webhook_events", sa.Column("subject", sa.Text(), server_default="", nullable=False))
    op.add_column("webhook_events", sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for name in ("seen_at", "subject", "loud", "kind"):
        op.drop_column("webhook_events", name)
    for name in ("asked", "email", *COLUMNS):
        op.drop_column("customers", name)
    op.drop_column("workspaces", "asks")
