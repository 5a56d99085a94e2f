"""Where somebody is signed in, in words they know it by."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("device", "address"):
        op.add_column("sign_ins", sa.Column(name, sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    for name in ("device", "address"):
        op.drop_column("sign_ins", name)
