"""PINs with which a shared tablet changes hands."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "device_pins",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("device_hash", sa.Text(), nullable=False),
        sa.Column("pin_hash", sa.Text(), nullable=False),
        sa.Column("session_version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_pins")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_device_pins_user_id"), ondelete="CASCADE"),
        sa.UniqueConstraint("user_id", "device_hash", name=op.f("uq_device_pins_user_id_device_hash")),
    )
    op.create_index("ix_device_pins_device_hash", "device_pins", ["device_hash"])


def downgrade() -> None:
    op.drop_table("device_pins")
