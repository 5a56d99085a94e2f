"""What must hold in the books, as SQL: the ledger balances, and tells the same story as the rows it is about."""

# What each receipt should have on the accounts, as `core.domain.ledger` says it; the sums are compared.
BOOKS: tuple[tuple[str, str], ...] = (
    (
        "entry_out_of_balance",
        "select entry_id, sum(amount) from ledger_lines group by entry_id, currency having sum(amount) <> 0",
    ),
    (
        "receipt_is_not_its_ledger",
        """select coalesce(w.id, l.id) as receipt_id, coalesce(w.account, l.account) as account, w.amount as wanted,
               l.amount as booked
           from (
               select r.id, l.account, l.provider, sum(l.amount) as amount from receipts r cross join lateral (values
                   (case when r.provider = 'cash' then 'DRAWER' else 'CLEARING' end,
                    case when r.provider <> 'cash' then r.provider::text end,
                    r.amount - (r.refunded - r.refunded_cash) - r.reversed),
                   ('DRAWER', null, -r.refunded_cash),
                   ('REFUNDS', null, r.refunded - r.refunding),
                   (case r.state when 'UNMATCHED' then 'UNMATCHED' when 'TAKINGS' then 'SALES' else 'GUEST' end, null,
                    r.refunding + r.reversed - r.amount + case r.state when 'TAKINGS' then r.vat else 0 end),
                   ('VAT', null, case r.state when 'TAKINGS' then -r.vat else 0 end)) as l(account, provider, amount)
               group by 1, 2, 3) as w
           full join (select receipt_id as id, account::text, provider::text, sum(amount) as amount from ledger_lines
                      where receipt_id is not null group by 1, 2, 3) as l
               on l.id = w.id and l.account = w.account and l.provider is not distinct from w.provider
           where coalesce(w.amount, 0) <> coalesce(l.amount, 0)""",
    ),
    (
        "order_is_not_its_ledger",
        """select o.id as order_id, o.status from orders o left join
               (select order_id, sum(amount) filter (where account = 'GUEST') as guest,
                       sum(amount) filter (where account = 'VAT') as vat,
                       sum(amount) filter (where account = 'TIPS') as tips,
                       sum(amount) filter (where account = 'DISCOUNTS') as discounts,
                       sum(amount) filter (where account = 'SALES') as sales
                from ledger_lines where order_id is not null group by 1) as l on l.order_id = o.id
           where case when o.paid_at is null then l.order_id is not null
                 else coalesce(l.guest, 0) <> o.total - o.returned
                      or coalesce(l.sales, 0) <> o.vat + o.tip - o.discount - o.total
                      or coalesce(l.discounts, 0) <> o.discount
                      or (o.returned = 0 and (coalesce(l.vat, 0), coalesce(l.tips, 0)) <> (-o.vat, -o.tip)) end""",
    ),
    (
        "sold_and_not_paid_for",
        """select o.id as order_id, o.total, o.returned from orders o
           where o.status in {bought} and not o.practice
           and not exists (select from receipts r where r.order_id = o.id and r.state = 'REVERSED')
           and o.total - o.returned <> (select coalesce(sum(r.amount - r.refunding), 0) from receipts r
                                        where r.order_id = o.id and r.state in ('MATCHED', 'REFUNDED'))""",
    ),
    (
        "sold_without_its_sale",
        """select o.id as order_id from orders o join stock_holds h on h.order_id = o.id and h.state = 'SOLD'
           where o.paid_at is null
           or not exists (select from stock_movements m where m.order_id = o.id and m.product_id = h.product_id
                          and m.reason = 'SOLD' and m.quantity = -h.quantity)""",
    ),
    (
        "practice_in_the_books",
        """select o.id as order_id from orders o where o.practice and (
               exists (select from payments p where p.order_id = o.id)
               or exists (select from receipts r where r.order_id = o.id)
               or exists (select from cash_entries c where c.order_id = o.id)
               or exists (select from ledger_lines l where l.order_id = o.id)
               or exists (select from invoices i where i.order_id = o.id)
               or exists (select from stock_movements m where m.order_id = o.id))""",
    ),
    (
        "refunds_do_not_add_up",
        """select r.id as receipt_id, r.refunding, r.refunded from receipts r left join refunds f on f.receipt_id = r.id
           group by r.id
           having r.refunding <> coalesce(sum(f.amount) filter (where f.status <> 'WITHDRAWN'), 0)
               or r.refunded <> coalesce(sum(f.amount) filter (where f.status = 'DONE'), 0)
               or r.refunding > r.amount""",
    ),
    (
        "money_in_no_place",
        """select r.id as receipt_id, r.state from receipts r
           where (r.state = 'REFUND_DUE' and r.refunding <> r.amount)
           or (r.state = 'REFUNDED' and r.refunded <> r.amount)
           or (r.state = 'REVERSED' and r.refunded + r.reversed < r.amount)
           or (r.state in ('UNMATCHED', 'TAKINGS') and r.refunding <> 0)
           or (r.state = 'UNMATCHED' and r.reversed <> 0)""",
    ),
    (
        "closing_out_of_number",
        """select workspace_id, max(number), count(*) from closings group by 1 having max(number) <> count(*)""",
    ),
    (
        "invoice_out_of_number",
        """select workspace_id, max(number), count(*) from invoices group by 1 having max(number) <> count(*)""",
    ),
    (
        "invoice_is_not_its_order",
        """select i.id, i.total, i.tip, o.total as ordered from invoices i join orders o on o.id = i.order_id
           where i.total + i.tip <> o.total or i.vat <> o.vat or i.discount <> o.discount""",
    ),
)
