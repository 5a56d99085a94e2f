"""Links to pay by: what a guest was given, until when, and whether the provider knows that it is over."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0022"
branch_labels = None
depends_on = None

START = postgresql.ENUM("PROMPT", "LINK", "HANDOVER", name="payment_start", create_type=False)
LIVE = sa.text("status in ('CREATED', 'REQUESTED', 'PENDING', 'UNKNOWN')")


def upgrade() -> None:
    START.create(op.get_bind())
    op.add_column("payments", sa.Column("start", START, server_default="PROMPT", nullable=False))
    op.add_column("payments", sa.Column("link", sa.Text(), nullable=True))
    for name in ("expires_at", "closed_at"):
        op.add_column("payments", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.execute("update payments set start = 'LINK', phone = null, phone_index = null where method = 'CARD'")
    op.execute("update payments set start = 'HANDOVER', phone = null, phone_index = null where method = 'CASH'")
    op.drop_constraint(op.f("ck_payments_mpesa_needs_a_phone"), "payments")
    needs_a_phone = "method <> 'MPESA' or start <> 'PROMPT' or phone is not null"
    op.create_check_constraint(op.f("ck_payments_prompt_needs_a_phone"), "payments", needs_a_phone)
    op.drop_index("uq_payments_live_order", "payments")
    op.create_index("uq_payments_live_order", "payments", ["order_id", "start"], unique=True, postgresql_where=LIVE)


def downgrade() -> None:
    op.execute("update payments set status = 'EXPIRED' where start <> 'PROMPT' and status in ('PENDING', 'UNKNOWN')")
    op.drop_index("uq_payments_live_order", "payments")
    op.create_index("uq_payments_live_order", "payments", ["order_id"], unique=True, postgresql_where=LIVE)
    op.drop_constraint(op.f("ck_payments_prompt_needs_a_phone"), "payments")
    op.create_check_constraint(
        op.f("ck_payments_mpesa_needs_a_phone"), "payments", "method <> 'MPESA' or phone is not null"
    )
    for name in ("closed_at", "expires_at", "link", "start"):
        op.drop_column("payments", name)
    START.drop(op.get_bind())
