"""Who may do what: bar, kitchen and viewer instead of staff; and a log of changes that nobody rewrites."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

BEFORE = ("owner", "manager", "staff")
INDEXES = {
    "ix_activity_log_created_at": ["workspace_id", "created_at", "id"],
    "ix_activity_log_user_id": ["workspace_id", "user_id", "created_at"],
    "ix_activity_log_action": ["workspace_id", "action", "created_at"],
    "ix_activity_log_subject": ["workspace_id", "subject_kind", "subject_id", "created_at"],
}


def upgrade() -> None:
    op.execute("alter type role rename value 'staff' to 'bar'")
    for word in ("kitchen", "viewer"):
        op.execute(f"alter type role add value '{word}'")
    for name in ("who", "address"):
        op.add_column("activity_log", sa.Column(name, sa.Text(), server_default="", nullable=False))
    for name in ("before", "after"):
        op.add_column("activity_log", sa.Column(name, postgresql.JSONB(), nullable=True))
    op.execute("update activity_log a set who = u.name from users u where u.id = a.user_id")
    op.execute("update activity_log set who = detail ->> 'by' where user_id is null and detail ? 'by'")
    for name, columns in INDEXES.items():
        op.create_index(name, "activity_log", columns)
    op.execute(
        "create trigger refuse_change before update or delete on activity_log"
        " for each row execute function refuse_change()"
    )


def downgrade() -> None:
    """The program before knew nobody who only looks: a viewer would be handed the till, so they are let go."""
    op.execute("drop trigger refuse_change on activity_log")
    for name in INDEXES:
        op.drop_index(name, table_name="activity_log")
    for name in ("who", "address", "before", "after"):
        op.drop_column("activity_log", name)
    op.execute("delete from memberships where role = 'viewer'")
    op.execute("alter type role rename to role_after")
    postgresql.ENUM(*BEFORE, name="role").create(op.get_bind())
    op.execute(
        "alter table memberships alter column role type role using"
        " (case role::text when 'bar' then 'staff' when 'kitchen' then 'staff' else role::text end)::role"
    )
    op.execute("drop type role_after")
