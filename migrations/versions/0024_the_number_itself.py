"""The number that guests write to, and webhooks of senders who sign nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

SIGNATURE = "ck_webhook_journal_signature"


def upgrade() -> None:
    op.add_column("channels", sa.Column("display_number", sa.Text(), server_default="", nullable=False))
    op.drop_constraint(op.f(SIGNATURE), "webhook_journal")
    op.create_check_constraint(op.f(SIGNATURE), "webhook_journal", "signature in ('good', 'bad', 'none')")


def downgrade() -> None:
    op.execute("delete from webhook_journal where signature = 'none'")
    op.drop_constraint(op.f(SIGNATURE), "webhook_journal")
    op.create_check_constraint(op.f(SIGNATURE), "webhook_journal", "signature in ('good', 'bad')")
    op.drop_column("channels", "display_number")
