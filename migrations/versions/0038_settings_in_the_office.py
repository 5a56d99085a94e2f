"""Settings are edited in the office: whose edit was the last, and when each secret was typed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

EDITED = ("workspaces", "channels", "provider_accounts")
SEALED = ("channels", "provider_accounts")


def upgrade() -> None:
    for table in EDITED:
        op.add_column(table, sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        op.add_column(table, sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True))
    for table in SEALED:
        op.add_column(table, sa.Column("secrets_set", JSONB(), nullable=False, server_default="{}"))
    op.add_column("workspaces", sa.Column("updated_by", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_workspaces_updated_by", "workspaces", "users", ["updated_by"], ["id"])


def downgrade() -> None:
    op.drop_column("workspaces", "updated_by")
    for table in SEALED:
        op.drop_column(table, "secrets_set")
    for table in EDITED:
        op.drop_column(table, "edited_at")
        op.drop_column(table, "version")
