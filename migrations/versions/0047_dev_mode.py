"""While a house practises nothing leaves it, and what it ordered is in no book."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

BEFORE = ("queued", "sent", "delivered", "read", "failed", "unknown")
NOT_ARRIVED = sa.text("important and status in ('failed', 'unknown')")


def upgrade() -> None:
    op.execute("alter type message_status add value 'practice'")
    op.add_column("workspaces", sa.Column("dev_mode", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("orders", sa.Column("practice", sa.Boolean(), server_default="false", nullable=False))
    rule = "not practice or paid_at is null"
    op.create_check_constraint(op.f("ck_orders_practice_earns_nothing"), "orders", rule)
    where = sa.text("practice")
    op.create_index("ix_orders_practice", "orders", ["workspace_id", "created_at"], postgresql_where=where)


def downgrade() -> None:
    """The version before must not take practice for sales: what is open of it is called off, and what was served."""
    ended = "case status when 'PENDING' then 'CANCELLED' else 'REFUNDED' end::order_status"
    over = "practice and status not in ('FAILED', 'CANCELLED', 'REFUNDED')"
    op.execute(
        f"""with gone as (
                insert into order_events (workspace_id, order_id, from_status, to_status, cause)
                select workspace_id, id, status, {ended}, 'practice_over' from orders where {over} returning order_id),
            back as (
                update stock_holds set state = 'RELEASED' where state = 'ACTIVE' and order_id in (select order_id from gone)
                returning product_id, quantity),
            shelves as (
                update products p set held = p.held - b.quantity
                from (select product_id, sum(quantity) as quantity from back group by 1) b where p.id = b.product_id)
            update orders set status = {ended}, version = version + 1 where {over}"""
    )
    op.drop_index("ix_orders_practice", "orders")
    op.drop_constraint(op.f("ck_orders_practice_earns_nothing"), "orders")
    op.drop_column("orders", "practice")
    op.drop_column("workspaces", "dev_mode")
    op.execute("update messages set status = 'failed', error_code = 'practice' where status = 'practice'")
    op.drop_index("ix_messages_undelivered", "messages")
    op.execute("alter type message_status rename to message_status_after")
    postgresql.ENUM(*BEFORE, name="message_status").create(op.get_bind())
    op.execute("alter table messages alter column status type message_status using status::text::message_status")
    op.execute("drop type message_status_after")
    columns = ["workspace_id", "at"]
    op.create_index("ix_messages_undelivered", "messages", columns, postgresql_where=NOT_ARRIVED)
