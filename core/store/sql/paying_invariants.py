"""What must hold of cash and of codes typed by hand, as SQL: neither counts without money behind it."""

PAYING: tuple[tuple[str, str], ...] = (
    (
        "drawer_line_without_its_receipt",
        """select c.id, c.reference from cash_entries c left join receipts r on r.payment_id = c.payment_id
           and r.provider = 'cash' and r.reference = c.reference and r.amount = c.amount where r.id is null""",
    ),
    (
        "code_used_and_not_paid",
        """select c.id, c.order_id from cash_codes c join orders o on o.id = c.order_id
           where c.used_at is not null and o.status in ('PENDING', 'FAILED')""",
    ),
    (
        "claim_matched_without_its_money",
        """select c.id, c.order_id from payment_claims c left join receipts r on r.payment_id = c.payment_id
           and upper(r.reference) = c.code where c.payment_id is not null and r.id is null""",
    ),
)
