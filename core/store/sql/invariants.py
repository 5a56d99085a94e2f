"""What must hold whatever happened, as SQL: each query finds the rows that break it, and finds none in good order.

`{live}` stands for the statuses of an attempt whose prompt may be open, `{bought}` for those of a paid order.
"""

from core.store.sql.book_invariants import BOOKS
from core.store.sql.paying_invariants import PAYING

QUERIES: dict[str, tuple[tuple[str, str], ...]] = {
    "I2": (
        ("cart_ordered_twice", "select workspace_id, cart_id from orders group by 1, 2 having count(*) > 1"),
        ("effect_without_outcome", "select event_id from turn_effects where outcome is null"),
        (
            "event_saved_twice",
            # What an erased guest wrote has no id any more.
            "select workspace_id, external_id from messages where direction = 'in' and external_id is not null"
            " group by 1, 2 having count(*) > 1",
        ),
    ),
    "I3": (
        (
            "charged_twice_unflagged",
            """select p.order_id from payments p
               join receipts r on r.payment_id = p.id and r.order_id = p.order_id and r.state = 'MATCHED'
               where p.status = 'SUCCEEDED' and not exists (select from refunds f where f.receipt_id = r.id)
               group by 1 having sum(r.amount) > (select o.total from orders o where o.id = p.order_id)""",
        ),
        (
            "two_attempts_of_a_kind_for_an_order",
            "select order_id, start from payments where status in {live} group by 1, 2 having count(*) > 1",
        ),
        (
            "two_prompts_for_a_phone",
            """select workspace_id, min(id::text) as payment_id from payments
               where status in {live} and phone_index is not null
               group by workspace_id, phone_index having count(*) > 1""",
        ),
    ),
    "I4": (
        (
            "stock_is_not_its_movements",
            """select p.id, p.on_hand, coalesce(sum(m.quantity), 0) as moved from products p
               left join stock_movements m on m.product_id = p.id group by p.id
               having p.on_hand <> coalesce(sum(m.quantity), 0)""",
        ),
        (
            "held_is_not_its_holds",
            """select p.id, p.held, coalesce(sum(h.quantity), 0) as holds from products p
               left join stock_holds h on h.product_id = p.id and h.state = 'ACTIVE' group by p.id
               having p.held <> coalesce(sum(h.quantity), 0)""",
        ),
        ("oversold", "select id, on_hand, held from products where held < 0 or on_hand < held"),
        (
            "hold_of_an_order_that_is_over",
            """select o.id, o.status from orders o join stock_holds h on h.order_id = o.id and h.state = 'ACTIVE'
               where o.status <> 'PENDING'""",
        ),
        (
            "bought_but_not_sold",
            """select o.id, h.product_id from orders o join stock_holds h on h.order_id = o.id
               where o.status in {bought} and not o.practice
               and h.state <> 'SOLD'""",
        ),
        (
            "sold_in_another_quantity",
            """select coalesce(t.order_id, h.order_id) as id, coalesce(t.product_id, h.product_id) as product_id
               from (select i.order_id, p.product_id, sum(i.quantity * p.amount) as quantity
                     from order_items i cross join lateral (
                         select i.product_id, 1 as amount where i.takes = '{}'
                         union all
                         select key::uuid, value::int from jsonb_each_text(i.takes)) as p(product_id, amount)
                     group by 1, 2) as t
               full join stock_holds h on h.order_id = t.order_id and h.product_id = t.product_id
               where coalesce(t.quantity, 0) <> coalesce(h.quantity, 0)""",
        ),
        (
            "mixed_and_of_nothing",
            """select p.id, p.name from products p
               where p.mixed <> exists (select from recipe_lines l where l.product_id = p.id)""",
        ),
        (
            "made_of_what_is_made",
            """select l.product_id, l.ingredient_id from recipe_lines l join products p on p.id = l.ingredient_id
               join products made on made.id = l.product_id where p.mixed and made.deleted_at is null""",
        ),
    ),
    "I5": (
        (
            "paid_order_without_its_money",
            """select o.id, o.total from orders o
               where o.status in {bought} and not o.practice
               and not exists (select from receipts r where r.order_id = o.id and r.state = 'REVERSED')
               and o.total > (select coalesce(sum(r.amount), 0) from receipts r
                              where r.order_id = o.id and r.state in ('MATCHED', 'REFUNDED'))""",
        ),
        (
            "money_kept_for_nothing",
            """select r.id, o.status from receipts r join orders o on o.id = r.order_id
               where r.state = 'MATCHED' and o.status in ('FAILED', 'CANCELLED')""",
        ),
        (
            "too_much_money_unflagged",
            """select o.id from orders o join receipts r on r.order_id = o.id and r.state = 'MATCHED'
               group by o.id having sum(r.amount - r.refunding) > o.total - o.returned""",
        ),
        (
            "refund_due_without_a_proposal",
            """select r.id from receipts r where r.state = 'REFUND_DUE'
               and not exists (select from refunds f where f.receipt_id = r.id)""",
        ),
        (
            "money_of_an_attempt_that_failed",
            """select r.id, p.status from receipts r join payments p on p.id = r.payment_id
               where r.state = 'MATCHED' and p.status not in ('SUCCEEDED', 'REVERSED')""",
        ),
        (
            "success_without_a_receipt",
            """select p.id from payments p where p.status = 'SUCCEEDED' and p.provider <> 'cash'
               and not exists (select from receipts r where r.payment_id = p.id)""",
        ),
        *BOOKS,
        *PAYING,
    ),
    "I6": (
        (
            "paid_and_never_told",
            """select o.id, o.number from orders o where o.conversation_id is not null
               and o.status in {bought}
               and not exists (select from outbox b where b.kind = 'payment_settled'
                               and b.payload ->> 'order_id' = o.id::text)""",
        ),
        (
            "money_confirmed_twice",
            """select payload ->> 'order_id' as order_id, payload ->> 'receipt' as receipt from outbox
               where kind = 'payment_settled' and payload ->> 'receipt' <> '' group by 1, 2 having count(*) > 1""",
        ),
        (
            "bought_without_a_ticket",
            """select o.id from orders o
               where o.status in {bought}
               and not exists (select from tickets t where t.order_id = o.id)""",
        ),
    ),
    "I8": (
        (
            "order_moved_illegally",
            """select order_id, from_status, to_status from order_events where from_status is not null
               and case cause when 'undone' then to_status || '>' || from_status
                   else from_status || '>' || to_status end <> all(:order_moves)""",
        ),
        (
            "success_undone",
            """select id, status from payments
               where succeeded_at is not null and status not in ('SUCCEEDED', 'REVERSED')""",
        ),
        (
            "order_diary_with_a_gap",
            """select order_id, seq from (select order_id, seq, from_status, lag(to_status) over
                 (partition by order_id order by seq) as before from order_events) as diary
               where from_status is distinct from before""",
        ),
        (
            "order_is_not_its_diary",
            """select o.id, o.status from orders o where o.status is distinct from
               (select e.to_status from order_events e where e.order_id = o.id order by e.seq desc limit 1)""",
        ),
    ),
    "I10": (
        (
            "owed_and_never_said",
            """select id, kind from outbox where topic = 'conversation' and done_at is null
               and created_at < now() - interval '5 minutes'""",
        ),
        (
            "owed_for_too_long",
            """select id, kind from outbox where relayed_at is null and created_at < now() - interval '60 seconds'""",
        ),
        (
            "payment_never_looked_at",
            """select id, status from payments where next_check_at < now() - interval '60 seconds'""",
        ),
        (
            "refund_never_looked_at",
            """select id, status from refunds where next_check_at < now() - interval '60 seconds'""",
        ),
        (
            "unpaid_order_never_ended",
            """select o.id from orders o where o.status = 'PENDING' and o.expires_at < now() - interval '60 seconds'
               and not exists (select from payments p where p.order_id = o.id and p.status in {live})""",
        ),
    ),
}
