"""Every text the guest reads, in English; `make texts` takes them to the translators' catalogues in `locale/`.

`Here.say` chooses the language and fills the braces. Button titles have at most 20 letters, row titles 24. A pair is
singular and plural, by the value named `count`.
"""

from core.conversation.texts_of_paying import *  # noqa: F403

# Welcome and menu
WELCOME = (
    "Karibu *{venue}*{name}! 🍹\nPick from the menu, or just write your order, for example:\n"
    "_2 dawa and 1 tusker to table 7_"
)
WELCOME_BACK = "Hello again{name}!"
CATEGORIES = "What would you like?"
CART_SO_FAR = ("In your cart: {count} item, {total}.", "In your cart: {count} items, {total}.")
EMPTY_MENU = "Our menu is being prepared. Please ask our staff."
PRODUCTS = "*{category}*\nTap one, or write its name or number."
FOUND = "This is what I found. Tap one, or write its name or number."
HALF_SAID = "Yes, what would you like? For example _2 dawa_."
NOTHING_FOUND = "I found nothing like that. Here is what we have:"
CHOICES = "Which one would you like?"
SOLD_OUT_ROW = "{price} · sold out"
ROW_DETAIL = "{price} · {description}"
MORE_ROW = "More"
MORE_DETAIL = "Page {page} of {pages}"
BACK_ROW = "All categories"
CHECKOUT_ROW = "Checkout"
LABEL_MENU = "See menu"
LABEL_PRODUCTS = "Choose"
TITLE_MENU = "Menu"
LABEL_CART = "Your order"
TITLE_CART = "Your order"
LABEL_TABLES = "Tables"

# Choosing
HOW_MANY = "*{name}*, {price}{description}\nHow many?"
CONTAINS = "Contains {names}."
ALLERGENS = {
    "gluten": "gluten",
    "shellfish": "shellfish",
    "eggs": "eggs",
    "fish": "fish",
    "peanuts": "peanuts",
    "soya": "soya",
    "milk": "milk",
    "nuts": "nuts",
    "celery": "celery",
    "mustard": "mustard",
    "sesame": "sesame",
    "sulphites": "sulphites",
    "lupin": "lupin",
    "molluscs": "molluscs",
}
HOW_MANY_INSTEAD = "*{name}*: {quantity} in your order.\nHow many shall it be? 0 takes it out."
QUANTITY_RANGE = "We can take 1 to 99 of each. For more, please ask our staff."
TOO_MANY_LINES = "One order can hold 30 different items. Please check out first, then order again."
SOLD_OUT = "Sorry, {name} is sold out today.{instead}"
INSTEAD = " How about {names}?"
NOT_SERVED = "Sorry, we do not serve alcohol here."
NOT_ON_MENU = "Sorry, that is no longer on our menu."
NOT_FOUND = "I did not find “{text}” on our menu."
ADDED = "Added: {items}."
NOT_IN_CART = "That is not in your order."
CART_CLEARED = "Your cart is empty now."
ITEM = "{quantity} × {name}"
WHICH_OPTIONS = ("*{item}*\n{group}: which one?", "*{item}*\n{group}: choose up to {count}.")
OPTION_NEEDED = "We cannot make it without that. Please choose one."
DEARER = "+ {amount}"
CHEAPER = "− {amount}"
AGE = "{items}: for alcohol you must be {age} or older. Are you {age} or over?"
AGE_REFUSED = "Then we leave out the alcohol. We have lovely drinks without it."

# Cart and review
CART = "*Your order*\n{lines}\n*Total {total}*"
CART_EMPTY = "Your cart is empty."
CHANGE = "{lines}\n\nWhich one shall we change?"
CLEAR_ROW = "Remove everything"
LINE_DETAIL = "{quantity} in your order, {amount}"
LINE = "{quantity} × {name}  {amount}"
MORE_LINES = "… and {count} more"
LINE_GONE = "{name} is not available any more; we took it out."
PRICE_CHANGED = "{name} is now {price}."
OPTION_GONE = "{name}: without {options}, which we do not have any more."
OPTIONS_CHANGED = "{name}: the choice has changed, so we took it out. Please choose it again."
TABLE = "Which table are you at? Write its number."
TABLE_SET = "Table {table}, noted."
TABLE_UNKNOWN = "We have no table {table}. Our tables are {tables}."
TABLE_NUMBER = "Please write just the table's number, or tap Skip if you are at the bar."
ADDRESS = "Where shall we bring it? Write the address and how to find you, or send your location."
LOCATION = "Location {latitude}, {longitude}"
REVIEW = "*Your order*\n{lines}\n\n{place}\n*Total {total}* (incl. VAT {vat})\n{payer}"
REVIEW_PAYER = "The M-Pesa request goes to {phone}."
REVIEW_NO_PAYER = "You pay by M-Pesa, on the phone you choose."
TO_TABLE = "Table {table}"
TO_BAR = "At the bar"
TO_ADDRESS = "To: {address}"
ONLY_LEFT = ("Sorry, of {name} only {count} is left.", "Sorry, of {name} only {count} are left.")
NONE_LEFT = "Sorry, {name} is sold out now."
CLOSED = "Sorry, we cannot take this order right now. Please ask our staff."

# The rules of the house
SHUT = {
    "house": "Sorry, we are closed just now. We open {when}.",
    "bar": "Sorry, the bar is closed just now and opens {when}: {names}.",
    "kitchen": "Sorry, the kitchen is closed just now and opens {when}: {names}.",
    "alcohol": "Sorry, we may not serve alcohol just now, but again {when}: {names}.",
    "item": "Sorry, we serve no {names} just now, but again {when}.",
}
SHUT_FOR_NOW = {
    "house": "Sorry, we are closed and take no orders for now.",
    "bar": "Sorry, the bar is closed for now: {names}.",
    "kitchen": "Sorry, the kitchen is closed for now: {names}.",
    "alcohol": "Sorry, we serve no alcohol for now: {names}.",
    "food_only": "Sorry, only the kitchen takes orders for now: {names}.",
    "item": "Sorry, we serve no {names} for now.",
}
WHEN_TODAY = "today at {time}"
WHEN_TOMORROW = "tomorrow at {time}"
WHEN_DAY = "on {day} at {time}"
OPEN_NOW = "Yes, we are open."
OPEN_UNTIL = "Yes, we are open. Last orders: {when}."
HOURS_OF = {"kitchen": "Kitchen: {hours}", "bar": "Bar: {hours}", "alcohol": "Alcohol: {hours}"}
UNTIL = "until {when}"
FROM = "from {when}"
ALL_DAY = "all day"
NOT_NOW = "closed for now"
LATER_DETAIL = "{price} · {hours}"
TAKEN_OUT = "We took that out of your order."
MINIMUM = "Our smallest order is {minimum}; yours comes to {total} so far. What else may we bring?"
MINIMUM_DELIVERY = "For a delivery our smallest order is {minimum}; yours comes to {total}. What else may we bring?"
SOLD_OUT_MEANWHILE = "{names}: sold out meanwhile. Shall we take that out?"
DELIVERY_FEE = "Delivery  {amount}"
FEE_CHANGED = "Delivery is now {fee}."
TOO_FAR = "Sorry, that is too far for us. Send another place, or tap a button below."
AT_SEA = "That pin is not on dry land here, as far as I can see. Please send it again, or write the address."
NOTE_KEPT = "Noted for the whole order: {note}."
ORDER_NOTE = "Note: {note}"
TO_PICKUP = "You pick it up"
TABLES = "Which table are you at?"
CODE_WRONG = "That code does not belong to table {table}. Please scan the one on your table again, or write its number."
WAITING = (
    "Going by the last orders, it takes about {count} minute more.",
    "Going by the last orders, it takes about {count} minutes more.",
)
PAY_STAFF = "We take no payment here in the chat. We have called our staff; please order and pay with them."

# Paying
WHICH_NUMBER = "Which M-Pesa number shall we ask? Write it, for example 0712 345 678."
OR_THIS_NUMBER = "Or pay from {phone}."
BAD_NUMBER = "M-Pesa cannot reach that number. Please write a Kenyan Safaricom number, for example 0712 345 678."
CHECK_PHONE = "📲 Check your phone: M-Pesa asks {phone} for *{amount}* (order {number}). Enter your PIN to pay."
PROMPT_OPEN = "The M-Pesa request for order {number} ({amount}) is on its way to {phone}. Enter your PIN there to pay."
TOO_MANY_PROMPTS = (
    "We have asked {phone} several times already. Please pay from your own number,"
    " or wait an hour before you ask it again."
)
OTHER_PROMPT = "An M-Pesa request is still open on {phone}. Answer it, or wait two minutes, then tap Try again."
UNPAID = "Order {number} ({amount}) waits for its payment."
CHECKING = "We are checking with M-Pesa whether order {number} is paid. No need to pay again; we tell you at once."
REVIEWING = "Our staff are looking at the payment of order {number}. They will sort it out with you."
EXPIRED = (
    "The M-Pesa request for order {number} was not answered in time. Tap Try again when you have the phone in hand."
)
FAILED = {
    "insufficient_funds": "M-Pesa says the balance is too low. Top up and tap Try again, or use another number.",
    "wrong_pin": "The PIN was not accepted. Tap Try again and enter it carefully.",
    "cancelled": "The request was cancelled on the phone. Tap Try again if you still want to pay.",
    "unreachable": "Your phone did not answer. Check the signal, unlock it, then tap Try again.",
    "expired": "The request closed before the PIN came. Tap Try again when you have the phone in hand.",
    "busy": "Another M-Pesa request or menu is open on that phone. Close it, wait two minutes, then tap Try again.",
    "push_failed": "We could not reach your phone. Wait a minute, then tap Try again.",
    "network_busy": "M-Pesa is very busy. Wait a minute, then tap Try again.",
    "network_error": "M-Pesa had a problem. Wait a minute, then tap Try again.",
    "limit": "M-Pesa says this goes over a limit of that number. Use another number, or ask our staff.",
    "declined": "M-Pesa declined the payment. Tap Try again, or use another number.",
    "other": "The payment did not go through. Tap Try again, or use another number.",
}
NOT_PAID = "Order {number} is not paid yet."
ALREADY_PAID = "Order {number} is already paid, thank you! No need to pay again."
ORDER_CLOSED = "Order {number} is closed and can no longer be paid. Write “same again” to order it anew."
NOTHING_TO_PAY = "There is nothing to pay yet."
WENT_WRONG = "Sorry, something went wrong on our side. Please try once more or ask our staff."
ONE_MOMENT = "One moment please, we are on it. You need not write again."

# After paying
PAID = "✅ Thank you{name}! {received}.\nOrder *{number}*, {place}. {next}"
PAID_ELSEWHERE = "✅ Thank you{name}! {received} for order *{number}*. {next}"
PAID_NEXT = "The bar has it now; we tell you when it is ready."
OVERPAID = "{amount} was more than asked; our staff see to it."
PART_PAID = "Thank you! {received} for order *{number}*. {due} is still missing."
PAID_BACK = "{received} for order *{number}*, which did not need it. We send it back; our staff see to it."
RECEIPT_HERE = "Your receipt for order *{number}*."
RECEIPT_COMING = "Your receipt for order {number} is being written. It comes by itself in a moment."
RECEIPT_FAILED = "Sorry, the receipt for order {number} could not be written. Please ask our staff for it."
NO_RECEIPT = "You get a receipt as soon as an order is paid. Nothing of yours is paid yet."
REPORT_HERE = ("Report on {days}: {count} order, {amount}.", "Report on {days}: {count} orders, {amount}.")
RETURNED = "We sent {amount} back to you for order {number}."
ORDER_EXPIRED = (
    "Order {number} was not paid in time, so we closed it. Nothing is lost: tap Same again to order it once more."
)
STATUS = {
    "PENDING": "Order {number} waits for its payment.",
    "PAID": "Order {number} is paid and with the bar.",
    "PREPARING": "👨‍🍳 Order {number} is being prepared.",
    "READY": "🔔 Order {number} is ready!",
    "SERVED": "Order {number} was served. Enjoy!",
    "OUT_FOR_DELIVERY": "Order {number} is on its way to you.",
    "DELIVERED": "Order {number} was delivered. Enjoy!",
    "FAILED": "Order {number} was not paid in time and is closed.",
    "CANCELLED": "Order {number} is cancelled.",
    "REFUNDED": "The money for order {number} went back to you.",
}
STATUS_OTHER = "Order {number}: our staff know how it stands."
NO_ORDERS = "You have no order with us today."
WHAT_NEXT = "Write to order more, any time."

# Always understood
HELP = (
    "Write what you would like, for example _2 dawa and 1 tusker to table 7_, or tap through the menu.\n"
    "*menu* · *cart* · *pay* · *status* · *again* · *cancel* · *staff* · *stop*"
)
STOP = "Understood: we send you nothing unasked. Messages about your orders still come. Write *menu* any time to order."
STARTED = "Good to have you back: we may write to you again."
THANKS = "Karibu sana! Write *menu* any time."
STAFF_CALLED = "We have called our staff; someone is with you shortly. To order here again write *menu*."
STAFF_TOLD = "Our staff have your message. To order here again write *menu*."
CANCEL_QUESTION = "Shall we empty your cart ({total})?"
CANCELLED = "Order {number} is cancelled. If you paid in the meantime, the money comes back to you."
TOO_LATE = "Order {number} can no longer be changed here. Our staff can help."
NOTHING_TO_CANCEL = "There is nothing to cancel."
KEPT = "Good, we keep it."
NOTHING_TO_REPEAT = "I do not have an earlier order of yours here."
STALE = "That button is from earlier. Here is how things stand now."
LATE = "That message reached us late, so we did nothing about money. Here is how things stand now."
PUZZLED = "Sorry, I did not understand that. Write for example _2 dawa to table 7_, or use the buttons."
PUZZLED_BY = "Sorry, I did not understand “{text}”. Write for example _2 dawa to table 7_, or use the buttons."
UNREADABLE = {
    "image": "I cannot see pictures. Please write what you would like, or use the buttons.",
    "audio": "I cannot listen to voice messages. Please write what you would like, or use the buttons.",
    "video": "I cannot watch videos. Please write what you would like, or use the buttons.",
    "sticker": "Nice one! I read text and buttons only. Please write what you would like.",
    "document": "I cannot open documents. Please write what you would like, or use the buttons.",
    "contacts": "I cannot use contact cards. Please write what you would like, or use the buttons.",
    "location": "Thank you, but we bring orders to your table. Write its number, or what you would like.",
    "revoke": "You took a message back. Here is how things stand.",
    "button": "That button is from an older message. Please use the ones below.",
    "edit": "I cannot see edited messages. Please write it again.",
}
UNREADABLE_OTHER = "I can read text and buttons only. Please write what you would like, or use the buttons."
UNREADABLE_AGAIN = "I can read text and buttons only."
CARD_NUMBERS = "There are several numbers on that card: {phones}. Please write the one M-Pesa shall ask."
CARD_KEPT = "Thank you. M-Pesa will ask {phone} when you pay."
EMPTY_CATALOGUE = "That cart was empty. Here is our menu."
FORM_TAKEN = "Thank you, noted."
STAFF_SAYS = "👤 {text}"
STAFF_BACK = "Our staff have handed you back to me. What would you like?"
NICE_TO_MEET = "Nice to meet you, {name}!"
ASK_DETAIL = {
    "name": "What may we call you? Write your name, or tap Skip.",
    "email": "Where may we e-mail your receipts? Write your address, or tap Skip.",
    "birthday": "When is your birthday? Write it as 24 March, or tap Skip.",
}
BAD_DETAIL = {
    "name": "Please write just your name, or tap Skip.",
    "email": "That does not look like an e-mail address. Please write it again, or tap Skip.",
    "birthday": "Please write the day and the month, as 24 March, or tap Skip.",
}
LANGUAGE_SET = "Fine, we go on in English."
ONE_LANGUAGE = "Here we speak English only."

# Titles of taps. In help, the other language offers itself: this one is "English" in Swahili.
B_LANGUAGE = "Kiswahili"
B_MENU = "Menu"
B_CART = "View cart"
B_CHECKOUT = "Checkout"
B_ADD_MORE = "Add more"
B_CHANGE = "Change"
B_REMOVE = "Take out"
B_KEEP = "Keep it"
B_AGE_YES = "I am {age} or over"
B_AGE_NO = "I am younger"
B_SKIP = "Skip, I'm at the bar"
B_SKIP_DETAIL = "Skip"
B_ENOUGH = "Continue"
B_DELIVER = "Deliver to me"
B_PICKUP = "I pick it up"
B_TABLES = "Show tables"
B_PAY = "Pay with M-Pesa"
B_OTHER_NUMBER = "Other number"
B_THIS_NUMBER = "This number"
B_TRY_AGAIN = "Try again"
B_PAY_REST = "Pay the rest"
B_CANCEL = "Cancel order"
B_YES_EMPTY = "Yes, empty it"
B_AGAIN = "Same again"
B_STATUS = "My order"
B_STAFF = "Call staff"
