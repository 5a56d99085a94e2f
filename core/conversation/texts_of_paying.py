"""What the guest reads about the ways to pay, in English; part of `texts`."""

# Tips and discounts
DISCOUNT = "Your discount  −{amount}"
TIP_LINE = "Tip for the team  {amount}"
TIP = "Would you like to add a tip for the team? Tap one, or write an amount."
TIP_TOO_MUCH = "That is more than the order itself. Please write a smaller tip, or tap Skip."
LABEL_TIP = "Tip"

# Who is served by staff alone
TURNED_AWAY = "Please speak to our staff."

# Ways to pay
WAYS = "How would you like to pay?"
LABEL_WAYS = "Ways to pay"
WAYS_DETAIL = {
    "MPESA": "M-Pesa asks the number you write",
    "PESAPAL": "On a safe page: card, M-Pesa or Airtel Money",
    "PAYSTACK": "On a safe page: card or M-Pesa",
    "CASH": "You get a code for the bar",
}
WEB_ROW = "On a web page"
WEB_DETAIL = "The same order, in your browser"
CODE_ROW = "I have paid already"
CODE_DETAIL = "You paid our till yourself and have the M-Pesa code"
WAY_RESTS = "That way of paying does not work just now, or not for this amount."
NO_WAY = "Sorry, this cannot be paid here in the chat just now. Please ask our staff."
NOT_THIS_WAY = "Sorry, we do not take that here."
LINK_COMES = "One moment, your payment link for order {number} is on its way."
LINK = (
    "Tap below to pay *{amount}* for order {number} by card or mobile money. We tell you here when it is paid."
    " To pay another way, write *m-pesa* or *other ways*."
)
ORDER_TAKEN = "We have put down order {number} for you: *{amount}*. How would you like to pay?"
LINK_OVER = "Please do not use the link we sent before as well."
CASH_CODE = (
    "Please pay *{amount}* at the bar and show this code: *{code}* (order {number})."
    " We keep your order until {time}; it is made as soon as it is paid."
)
CASH_WAITS = "Order {number}: please pay {amount} at the bar and show the code *{code}*."
WEB = "Here you can check your order and pay in your browser. The link is yours alone and lasts half an hour."
ASK_CODE = "Please write the code of your M-Pesa SMS, for example UC65K2T9QX, or paste the whole SMS."
CODE = {
    "matched": "We have found your payment, thank you!",
    "waiting": (
        "Thank you. We have not seen this payment yet: the moment it reaches us, it counts for order {number}."
        " Please check the code once more."
    ),
    "counted": "That payment has already been counted for order {number}. No need to pay again.",
    "not_yours": "That code belongs to another payment. Please check it, or show the SMS to our staff.",
    "too_many": "These codes fit no payment. Please wait {minutes} minutes, or show the SMS to our staff.",
    "no_order": "There is no order of yours that waits for a payment. Order first, or show the SMS to our staff.",
}

# What became of a payment
FAILED_LINK = {
    "declined": "The card or wallet was declined. Try another one, or pick another way below.",
    "abandoned": "The payment page was left before it was done. Pick a way to pay below.",
    "other": "The payment on the page did not go through. Pick a way to pay below.",
}
EXPIRED_LINK = "The payment link for order {number} is no longer open. Pick a way to pay below."
CHECKING_LINK = "We are checking whether order {number} is paid. No need to pay again; we tell you at once."
RECEIVED = {
    "MPESA": "M-Pesa receipt *{receipt}*: {amount} received",
    "CARD": "Payment *{receipt}*: {amount} received",
    "CASH": "{amount} received in cash, entry *{receipt}*",
}

# Titles of taps
B_CARD = "Card or link"
B_CARD_OTHER = "Card"
B_CASH = "Cash at the bar"
B_WAYS = "Other ways"
B_LINK = "Pay now"
B_WEB = "Open the page"
B_NO_TIP = "Skip the tip"

# The page on the web
PAGE_TITLE = "Your order"
PAGE_ORDER = "Order {number}"
PAGE_TOTAL = "To pay"
PAGE_PAID = "Paid"
PAGE_VAT = "VAT contained {amount}"
PAGE_PHONE = "M-Pesa number"
PAGE_OWN_PHONE = "Leave it empty to pay from {phone}."
PAGE_CONFIRM = "Confirm and pay"
PAGE_CHAT = "You can close this page and go back to the chat at any time."
PAGE = {
    "review": "Is this right? Then choose how to pay.",
    "sent": "One moment, we are on it …",
    "asking": "Check your phone: M-Pesa asks for {amount}. Enter your PIN to pay.",
    "link_coming": "One moment, your payment page is being opened …",
    "link": "Your payment page is ready.",
    "cash": "Please pay {amount} at the bar and show this code.",
    "checking": "We are checking your payment. No need to pay again.",
    "paid": "Paid, thank you! The bar has your order.",
    "unpaid": "This order is not paid yet. Choose how to pay.",
    "closed": "This order is closed and can no longer be paid.",
    "changed": "This page is out of date: your order has changed. Please ask for a new one in the chat.",
    "old": "This link is too old. Please ask for a new one in the chat.",
}
