"""Who a guest was before another number or id: sealed beside them, so that it goes with them, and no more in the log.

The log refuses changes for good; that it kept Meta's id of guests was a mistake, and is taken back once.
"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customers", sa.Column("former", sa.Text(), nullable=True))
    op.execute("alter table activity_log disable trigger refuse_change")
    op.execute("update activity_log set before = before - 'bsuid' where action = 'guest_identity_changed'")
    op.execute("alter table activity_log enable trigger refuse_change")


def downgrade() -> None:
    op.drop_column("customers", "former")
