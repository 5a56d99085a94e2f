"""What a turn asks the world to do, and what the world answers. Both are plain JSON: an effect is stored as part of the
turn's plan before it is carried out, an outcome in the same transaction as the effect, so that a repeat of the turn
decides nothing twice.

Effects (`{"kind": …}`) and their outcomes (`{"result": …}`); unit prices and amounts are decimal strings:

place_order   {cart_id, lines: [{product_id, name, quantity, unit_price, note, options?: [{id, name, price}]}],
               table: int|None, address: str, pickup: bool, delivery_fee, note: str, customer_name, currency, tip: str,
               discount_percent: str}
    placed        {order_id, number, total, currency}            (also when this cart was placed before: same order)
    sold_out      {short: [{product_id, name, left}]}            nothing was placed
    closed        {reason, products: [{product_id, name, reason}]}
                  nothing was placed: not at this hour (a reason of `core.domain.hours.Shut`), or, with no reason, the
                  venue or a product is gone
    too_little    {minimum, goods, delivery: bool}               nothing was placed: the house takes only larger orders
request_payment {order_id: str|None (None: the order just placed), method, provider?, phone}
                  `phone` in E.164 digits, "2547…", empty for a link; its news is the event `payment_link`
    requested     {payment_id, order_id, number, amount, currency, start, provider}
    live_attempt  {payment_id, order_id, number, start, provider, link}
                  another attempt for this order or phone is still open; `link` where it is a page to pay on
    already_paid  {order_id, number, receipt}
    order_closed  {order_id, number, status}
    too_many      {order_id, number}                              a number that is not the guest's was asked too often
    closed        {order_id, number, reason, products}            placed in time, but not sold any more at this hour
    not_placed    {}                                              the order of this same turn was refused
pay_cash      {order_id: str|None (None: the order just placed)}
    cash_code     {order_id, number, code, amount, currency, until}   `until`: ISO time up to which the order waits
    live_attempt, already_paid, order_closed, closed, not_placed      as above
claim_receipt {order_id: str|None (None: the order just placed, else the guest's newest), code}
    matched       {order_id, number}                              the money is there; its news follows
    waiting       {order_id, number}                              not there yet: it counts when it comes
    counted       {number}                                        it paid for this order of the guest's before
    not_yours     {}                                              it belongs to something else
    too_many      {minutes}                                       too many codes that fit nothing
    no_order      {}
web_link      {subject}                                             a cart as `carts.stamp` names it, or an order's id
    web_link      {url}
cancel_order  {order_id}
    cancelled     {order_id, number}
    too_late      {order_id, number, status}
find_orders   {}
    found         {orders: [{order_id, number, status, total, due, currency, receipt, wait}]}   newest first, 24 h, up
                  to 5; `wait`: minutes, None where nobody can tell
send_receipt  {}
    receipt       {order_id, number, link (the id of one), file}  the PDF of the newest paid order
    receipt_coming {order_id, number}                             it is being made and follows by itself
    receipt_failed {order_id, number}
    no_receipt    {}                                              nothing is paid yet
confirm_age   {}
    confirmed     {}
call_staff    {reason: str}
    called        {}
stop_messages {}
    stopped       {}                                              nothing unasked is sent to this guest any more
resume_messages {}
    resumed       {was_stopped: bool}
remember      {details: {name?, email?, birthday?}}                 an empty one was refused
    remembered    {}
change_identity {phone, bsuid}                                      who the guest is from now on; either may be empty
    changed       {}
"""

from typing import Any

PLACE_ORDER = "place_order"
REQUEST_PAYMENT = "request_payment"
PAY_CASH = "pay_cash"
CLAIM_RECEIPT = "claim_receipt"
WEB_LINK = "web_link"
CANCEL_ORDER = "cancel_order"
FIND_ORDERS = "find_orders"
SEND_RECEIPT = "send_receipt"
CONFIRM_AGE = "confirm_age"
CALL_STAFF = "call_staff"
STOP_MESSAGES = "stop_messages"
RESUME_MESSAGES = "resume_messages"
REMEMBER = "remember"
CHANGE_IDENTITY = "change_identity"

Effect = dict[str, Any]
Outcome = dict[str, Any]
