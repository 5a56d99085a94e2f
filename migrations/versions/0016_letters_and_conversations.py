"""What became of a dead letter, and the conversations of a venue by their newest message."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dead_letters", sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("dead_letters", sa.Column("decided_by", sa.Uuid(), nullable=True))
    for name in ("reason", "replayed_as"):
        op.add_column("dead_letters", sa.Column(name, sa.Text(), server_default="", nullable=False))
    user = op.f("fk_dead_letters_decided_by")
    op.create_foreign_key(user, "dead_letters", "users", ["decided_by"], ["id"])
    # No release before this one could decide anything: only rows changed by hand have to be told.
    op.execute("update dead_letters set decided_at = updated_at, reason = 'by hand' where state <> 'dead'")
    decided = "(state = 'dead') = (decided_at is null)"
    op.create_check_constraint(op.f("ck_dead_letters_decided"), "dead_letters", decided)
    reason = "state <> 'dropped' or reason <> ''"
    op.create_check_constraint(op.f("ck_dead_letters_dropped_for_a_reason"), "dead_letters", reason)
    op.create_index("ix_messages_at", "messages", ["workspace_id", "at", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_messages_at", table_name="messages")
    op.drop_constraint(op.f("ck_dead_letters_dropped_for_a_reason"), "dead_letters")
    op.drop_constraint(op.f("ck_dead_letters_decided"), "dead_letters")
    op.drop_constraint(op.f("fk_dead_letters_decided_by"), "dead_letters")
    for name in ("replayed_as", "reason", "decided_by", "decided_at"):
        op.drop_column("dead_letters", name)
