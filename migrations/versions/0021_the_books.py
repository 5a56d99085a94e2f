"""The books: a ledger, shifts and their closings, refunds with a life of their own, providers' lists beside ours."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

MONEY = sa.Numeric(12, 2)
MOMENT = sa.DateTime(timezone=True)
ENUMS = {
    "difference_kind": ("MISSING_HERE", "MISSING_THERE", "AMOUNT", "STATUS", "DUPLICATE"),
    "ledger_account": (
        "GUEST",
        "CLEARING",
        "DRAWER",
        "SALES",
        "VAT",
        "TIPS",
        "DISCOUNTS",
        "RETURNS",
        "REFUNDS",
        "UNMATCHED",
    ),
    "provider": ("kopokopo", "pesapal", "paystack", "cash"),
}
REFUND_STATUS = ("PROPOSED", "APPROVED", "REQUESTED", "DONE", "FAILED")
CHECKS = (
    ("orders", "returned", "returned between 0 and total"),
    ("receipts", "refunds", "refunded_cash between 0 and refunded and refunded <= refunding"),
    ("receipts", "refunds_within_what_was_paid", "refunding <= amount"),
    ("receipts", "reversed", "reversed between 0 and amount and vat between 0 and amount"),
    ("refunds", "done", "(status = 'DONE') = (done_at is not null)"),
    ("workspaces", "refund_limit", "refund_limit >= 0"),
)
REFUND_COLUMNS = (
    "dedupe_key",
    "provider",
    "goods",
    "note",
    "proposed_by",
    "handle",
    "handle_id",
    "reference",
    "error",
    "requested_at",
    "posted_at",
    "next_check_at",
    "checks",
)
RECEIPT_COLUMNS = ("decided_at", "refunding", "refunded", "refunded_cash", "reversed", "vat")

FUNCTIONS = (
    """
    create function refuse_change() returns trigger language plpgsql as $$
    begin
        raise exception '% is never changed', tg_table_name using errcode = 'restrict_violation';
    end $$
    """,
    # The lines of an entry come in one statement: checked once for all of them, and nothing later can unbalance them.
    """
    create function ledger_balances() returns trigger language plpgsql as $$
    begin
        if exists (select from written group by entry_id, currency having sum(amount) <> 0) then
            raise exception 'an entry of the ledger does not add up to zero' using errcode = 'check_violation';
        end if;
        return null;
    end $$
    """,
    # The receipt is locked before its refunds are added up: of two at once the second sees the first.
    """
    create function add_up_refunds() returns trigger language plpgsql as $$
    begin
        perform from receipts where id = new.receipt_id for no key update;
        update receipts set refunding = sums.standing, refunded = sums.done, refunded_cash = sums.cash from (
            select coalesce(sum(amount) filter (where status::text <> 'WITHDRAWN'), 0) as standing,
                   coalesce(sum(amount) filter (where status::text = 'DONE'), 0) as done,
                   coalesce(sum(amount) filter (where status::text = 'DONE' and provider = 'cash'), 0) as cash
            from refunds where receipt_id = new.receipt_id) as sums
        where id = new.receipt_id;
        return null;
    end $$
    """,
    # Held until the transaction ends: a closing, which takes the row for itself, waits for money on its way into it.
    """
    create function open_shift(venue uuid) returns uuid language plpgsql as $$
    declare
        shift uuid;
    begin
        loop
            select id into shift from shifts where workspace_id = venue and closed_at is null for key share;
            if shift is not null then
                return shift;
            end if;
            insert into shifts (workspace_id, number)
            select venue, coalesce(max(number), 0) + 1 from shifts where workspace_id = venue on conflict do nothing;
        end loop;
    end $$
    """,
)
APPEND_ONLY = ("ledger_lines", "closings", "payment_events")

# What was there before the books: where its money lies now, as one opening entry per receipt and order.
OPENING = (
    "update refunds f set provider = r.provider, dedupe_key = 'auto:' || f.receipt_id from receipts r"
    " where r.id = f.receipt_id",
    "update receipts r set reversed = r.amount - r.refunded where r.state = 'REVERSED'",
    """
    insert into ledger_lines (workspace_id, entry_id, kind, account, provider, amount, currency, receipt_id, shift_id)
    select r.workspace_id, e.entry_id, 'opening', l.account::ledger_account,
           case when l.account = 'CLEARING' then r.provider end, l.amount, r.currency, r.id, open_shift(r.workspace_id)
    from receipts r
    join (select id, gen_random_uuid() as entry_id from receipts) e on e.id = r.id
    cross join lateral (values
        (case when r.provider = 'cash' then 'DRAWER' else 'CLEARING' end, r.amount - r.refunded - r.reversed),
        ('REFUNDS', r.refunded - r.refunding),
        (case r.state when 'UNMATCHED' then 'UNMATCHED' when 'TAKINGS' then 'SALES' else 'GUEST' end,
         r.refunding + r.reversed - r.amount)) as l(account, amount)
    where l.amount <> 0
    """,
    """
    insert into ledger_lines (workspace_id, entry_id, kind, account, amount, currency, order_id, shift_id)
    select o.workspace_id, e.entry_id, 'opening', l.account::ledger_account, l.amount, o.currency, o.id,
           open_shift(o.workspace_id)
    from orders o
    join (select id, gen_random_uuid() as entry_id from orders) e on e.id = o.id
    cross join lateral (values
        ('GUEST', o.total), ('SALES', o.vat + o.tip - o.discount - o.total), ('VAT', -o.vat), ('TIPS', -o.tip),
        ('DISCOUNTS', o.discount)) as l(account, amount)
    where o.paid_at is not null and l.amount <> 0
    """,
)


def word(name):
    """The type of a column holding one of the words of this native enum."""
    return postgresql.ENUM(*ENUMS[name], name=name, create_type=False)


def upgrade():
    """Tables, then columns, then the rules the database keeps by itself, then what was there before."""
    for name in ("difference_kind", "ledger_account"):
        word(name).create(op.get_bind())
    op.execute("alter type refund_status add value 'WITHDRAWN'")
    op.create_table(
        "reconciliations",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("provider", word("provider"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("theirs", sa.Integer(), server_default="0", nullable=False),
        sa.Column("theirs_amount", MONEY, server_default="0", nullable=False),
        sa.Column("ours", sa.Integer(), server_default="0", nullable=False),
        sa.Column("ours_amount", MONEY, server_default="0", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_reconciliations_user_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_reconciliations_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliations")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_reconciliations_workspace_id_id")),
    )
    op.create_index("ix_reconciliations_day", "reconciliations", ["workspace_id", "day"], unique=False)
    op.create_table(
        "shifts",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.Column("opened_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("cash_float", MONEY, server_default="0", nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("cash_float >= 0", name=op.f("ck_shifts_cash_float")),
        sa.CheckConstraint("number > 0", name=op.f("ck_shifts_number")),
        sa.ForeignKeyConstraint(["opened_by"], ["users.id"], name=op.f("fk_shifts_opened_by")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_shifts_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shifts")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_shifts_workspace_id_id")),
        sa.UniqueConstraint("workspace_id", "number", name=op.f("uq_shifts_workspace_id_number")),
    )
    op.create_index("uq_shifts_open", "shifts", ["workspace_id"], unique=True, postgresql_where="closed_at is null")
    op.create_table(
        "closings",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("report", postgresql.JSONB(), nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["closed_by"], ["users.id"], name=op.f("fk_closings_closed_by")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "shift_id"],
            ["shifts.workspace_id", "shifts.id"],
            name=op.f("fk_closings_workspace_id_shift_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_closings_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closings")),
        sa.UniqueConstraint("shift_id", name=op.f("uq_closings_shift_id")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_closings_workspace_id_id")),
        sa.UniqueConstraint("workspace_id", "number", name=op.f("uq_closings_workspace_id_number")),
    )
    op.create_table(
        "ledger_lines",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("account", word("ledger_account"), nullable=False),
        sa.Column("provider", word("provider"), nullable=True),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(account = 'CLEARING') = (provider is not null)", name=op.f("ck_ledger_lines_provider")),
        sa.CheckConstraint("(receipt_id is null) <> (order_id is null)", name=op.f("ck_ledger_lines_subject")),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_ledger_lines_amount")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_ledger_lines_user_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "order_id"],
            ["orders.workspace_id", "orders.id"],
            name=op.f("fk_ledger_lines_workspace_id_order_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "receipt_id"],
            ["receipts.workspace_id", "receipts.id"],
            name=op.f("fk_ledger_lines_workspace_id_receipt_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "shift_id"],
            ["shifts.workspace_id", "shifts.id"],
            name=op.f("fk_ledger_lines_workspace_id_shift_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_ledger_lines_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_lines")),
    )
    op.create_index("ix_ledger_lines_entry_id", "ledger_lines", ["entry_id"], unique=False)
    op.create_index(
        "ix_ledger_lines_order_id", "ledger_lines", ["order_id"], unique=False, postgresql_where="order_id is not null"
    )
    op.create_index(
        "ix_ledger_lines_receipt_id",
        "ledger_lines",
        ["receipt_id"],
        unique=False,
        postgresql_where="receipt_id is not null",
    )
    op.create_index("ix_ledger_lines_shift_id", "ledger_lines", ["shift_id"], unique=False)
    op.create_table(
        "reconciliation_differences",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("reconciliation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", word("difference_kind"), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("theirs", sa.Text(), server_default="", nullable=False),
        sa.Column("ours", sa.Text(), server_default="", nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=True),
        sa.Column("seen_by", sa.Uuid(), nullable=True),
        sa.Column("seen_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["seen_by"], ["users.id"], name=op.f("fk_reconciliation_differences_seen_by")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "receipt_id"],
            ["receipts.workspace_id", "receipts.id"],
            name=op.f("fk_reconciliation_differences_workspace_id_receipt_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "reconciliation_id"],
            ["reconciliations.workspace_id", "reconciliations.id"],
            name=op.f("fk_reconciliation_differences_workspace_id_reconciliation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_reconciliation_differences_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation_differences")),
    )
    op.create_index(
        "ix_reconciliation_differences_reconciliation_id",
        "reconciliation_differences",
        ["reconciliation_id"],
        unique=False,
    )
    op.add_column("orders", sa.Column("returned", MONEY, server_default="0", nullable=False))
    op.add_column("receipts", sa.Column("decided_at", MOMENT, nullable=True))
    op.add_column("receipts", sa.Column("refunding", MONEY, server_default="0", nullable=False))
    op.add_column("receipts", sa.Column("refunded", MONEY, server_default="0", nullable=False))
    op.add_column("receipts", sa.Column("refunded_cash", MONEY, server_default="0", nullable=False))
    op.add_column("receipts", sa.Column("reversed", MONEY, server_default="0", nullable=False))
    op.add_column("receipts", sa.Column("vat", MONEY, server_default="0", nullable=False))
    op.add_column("workspaces", sa.Column("refund_limit", MONEY, server_default="5000", nullable=False))
    op.add_column("refunds", sa.Column("dedupe_key", sa.Text(), nullable=True))
    op.add_column("refunds", sa.Column("provider", word("provider"), nullable=True))
    op.add_column("refunds", sa.Column("goods", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("refunds", sa.Column("note", sa.Text(), server_default="", nullable=False))
    op.add_column("refunds", sa.Column("proposed_by", sa.Uuid(), nullable=True))
    op.add_column("refunds", sa.Column("handle", sa.Text(), nullable=True))
    op.add_column("refunds", sa.Column("handle_id", sa.Text(), nullable=True))
    op.add_column("refunds", sa.Column("reference", sa.Text(), nullable=True))
    op.add_column("refunds", sa.Column("error", sa.Text(), nullable=True))
    op.add_column("refunds", sa.Column("requested_at", MOMENT, nullable=True))
    op.add_column("refunds", sa.Column("posted_at", MOMENT, nullable=True))
    op.add_column("refunds", sa.Column("next_check_at", MOMENT, nullable=True))
    op.add_column("refunds", sa.Column("checks", sa.Integer(), server_default="0", nullable=False))
    op.drop_constraint(op.f("uq_refunds_receipt_id"), "refunds", type_="unique")
    op.create_index(
        "ix_refunds_due", "refunds", ["next_check_at"], unique=False, postgresql_where="next_check_at is not null"
    )
    op.create_index(
        "ix_refunds_handle_id",
        "refunds",
        ["provider", "handle_id"],
        unique=False,
        postgresql_where="handle_id is not null",
    )
    op.create_index(
        "ix_refunds_open",
        "refunds",
        ["workspace_id"],
        unique=False,
        postgresql_where="status in ('PROPOSED', 'APPROVED', 'REQUESTED', 'FAILED')",
    )
    op.create_index("ix_refunds_receipt_id", "refunds", ["receipt_id"], unique=False)
    op.create_unique_constraint(op.f("uq_refunds_workspace_id_dedupe_key"), "refunds", ["workspace_id", "dedupe_key"])
    op.create_unique_constraint(op.f("uq_refunds_workspace_id_id"), "refunds", ["workspace_id", "id"])
    op.create_foreign_key(op.f("fk_refunds_proposed_by"), "refunds", "users", ["proposed_by"], ["id"])
    for function in FUNCTIONS:
        op.execute(function)
    op.execute(OPENING[0])
    for column in ("dedupe_key", "provider"):
        op.alter_column("refunds", column, nullable=False)
    op.execute(
        "create trigger add_up_refunds after insert or update of amount, status, provider on refunds"
        " for each row execute function add_up_refunds()"
    )
    op.execute("update refunds set amount = amount")
    op.execute(
        "create trigger ledger_balances after insert on ledger_lines referencing new table as written"
        " for each statement execute function ledger_balances()"
    )
    for statement in OPENING[1:]:
        op.execute(statement)
    for table in APPEND_ONLY:
        op.execute(
            f"create trigger refuse_change before update or delete on {table}"
            " for each row execute function refuse_change()"
        )
    for table, name, rule in CHECKS:
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, rule)


def downgrade():
    """Of several refunds of one receipt the oldest that was not withdrawn stays."""
    op.execute("drop trigger refuse_change on payment_events")
    op.execute("drop trigger add_up_refunds on refunds")
    for table, name, _ in CHECKS:
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    for name in ("ix_refunds_receipt_id", "ix_refunds_open", "ix_refunds_handle_id", "ix_refunds_due"):
        op.drop_index(name, table_name="refunds")
    op.execute(
        "delete from refunds f using refunds older where f.status = 'WITHDRAWN' or"
        " (older.receipt_id = f.receipt_id and older.status <> 'WITHDRAWN'"
        " and (older.created_at, older.id) < (f.created_at, f.id))"
    )
    op.execute("alter type refund_status rename to refund_status_before")
    postgresql.ENUM(*REFUND_STATUS, name="refund_status").create(op.get_bind())
    op.execute("alter table refunds alter column status type refund_status using status::text::refund_status")
    op.execute("drop type refund_status_before")
    op.drop_constraint(op.f("uq_refunds_workspace_id_id"), "refunds", type_="unique")
    op.drop_constraint(op.f("uq_refunds_workspace_id_dedupe_key"), "refunds", type_="unique")
    op.create_unique_constraint(op.f("uq_refunds_receipt_id"), "refunds", ["receipt_id"])
    for column in REFUND_COLUMNS:
        op.drop_column("refunds", column)
    for column in RECEIPT_COLUMNS:
        op.drop_column("receipts", column)
    op.drop_column("orders", "returned")
    op.drop_column("workspaces", "refund_limit")
    for table in ("reconciliation_differences", "ledger_lines", "closings", "shifts", "reconciliations"):
        op.drop_table(table)
    for function in ("refuse_change()", "ledger_balances()", "add_up_refunds()", "open_shift(uuid)"):
        op.execute(f"drop function {function}")
    for name in ("difference_kind", "ledger_account"):
        word(name).drop(op.get_bind())
