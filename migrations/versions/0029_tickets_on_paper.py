"""Each station's printer, and how often a ticket was sent to it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("workspaces", sa.Column("printers", postgresql.JSONB(), server_default="{}", nullable=False))
    for name in ("prints", "print_tries"):
        op.add_column("tickets", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    for name in ("print_due_at", "printed_at"):
        op.add_column("tickets", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    due = sa.text("print_due_at is not null")
    op.create_index("ix_tickets_print_due_at", "tickets", ["print_due_at"], postgresql_where=due)


def downgrade() -> None:
    op.drop_index("ix_tickets_print_due_at", "tickets")
    for name in ("printed_at", "print_due_at", "print_tries", "prints"):
        op.drop_column("tickets", name)
    op.drop_column("workspaces", "printers")
