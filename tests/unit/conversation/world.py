"""A bar without a database: what effects do, as the contract says it."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.conversation.effects import Effect, Outcome
from core.domain.pricing import discount_on


@dataclass
class World:
    """Orders by cart, one live prompt per order."""

    left: dict[str, int] = field(default_factory=dict)
    orders: list[dict[str, Any]] = field(default_factory=list)
    prompts: list[dict[str, Any]] = field(default_factory=list)
    done: list[Effect] = field(default_factory=list)
    closed: bool = False
    least: int = 0
    shut: dict[str, str] = field(default_factory=dict)
    wait: int | None = None
    busy_phone: bool = False
    bombed: set[str] = field(default_factory=set)
    refuses_to_cancel: bool = False
    till: set[str] = field(default_factory=set)
    codes: list[str] = field(default_factory=list)
    stopped: bool = False

    def perform(self, effects: tuple[Effect, ...]) -> list[Outcome]:
        """All effects of one turn, in order."""
        self.done += effects
        outcomes: list[Outcome] = []
        for effect in effects:
            outcomes.append(getattr(self, effect["kind"])(effect, outcomes))
        return outcomes

    def place_order(self, effect: Effect, before: list[Outcome]) -> Outcome:
        """Once per cart, and only what is left."""
        known = next((o for o in self.orders if o["cart_id"] == effect["cart_id"]), None)
        if self.closed:
            return {"result": "closed"}
        shut = [line for line in effect["lines"] if line["product_id"] in self.shut]
        if shut and not known:
            return self._shut(shut)
        goods = sum(line["quantity"] * Decimal(line["unit_price"]) for line in effect["lines"])
        if goods < self.least and not known:
            return {"result": "too_little", "minimum": str(self.least), "goods": str(goods), "delivery": False}
        short = [line for line in effect["lines"] if line["quantity"] > self.left.get(line["product_id"], 1000)]
        if short and not known:
            fields = [{k: s[k] for k in ("product_id", "name")} | {"left": self.left[s["product_id"]]} for s in short]
            return {"result": "sold_out", "short": fields}
        if known is None:
            fee = Decimal(effect["delivery_fee"])
            price = sum((line["quantity"] * Decimal(line["unit_price"]) for line in effect["lines"]), fee)
            total = price - discount_on(price, Decimal(effect["discount_percent"])) + Decimal(effect["tip"])
            number = str(101 + len(self.orders))
            known = {
                "order_id": f"order-{number}",
                "number": number,
                "status": "PENDING",
                "total": str(total),
                "due": str(total),
            }
            self.orders.append(
                known | {"cart_id": effect["cart_id"], "table": effect["table"], "lines": effect["lines"]}
            )
            known = self.orders[-1]
        return {"result": "placed", "currency": "KES"} | {k: known[k] for k in ("order_id", "number", "total")}

    def request_payment(self, effect: Effect, before: list[Outcome]) -> Outcome:
        """One live prompt per order, for what is due."""
        placed = [o for o in before if "total" in o]
        if effect["order_id"] is None and not placed:
            return {"result": "not_placed"}
        order = self.order(effect["order_id"] or placed[0]["order_id"])
        known = {k: order[k] for k in ("order_id", "number")}
        if order["status"] in ("PAID", "SERVED"):
            return {"result": "already_paid", "receipt": "X"} | known
        if order["status"] != "PENDING":
            return {"result": "order_closed", "status": order["status"]} | known
        if any(line["product_id"] in self.shut for line in order.get("lines", ())):
            return self._shut([line for line in order["lines"] if line["product_id"] in self.shut]) | known
        if effect["phone"] in self.bombed:
            return {"result": "too_many"} | known
        if self.busy_phone:
            return {"result": "live_attempt", "payment_id": "pay-other", "order_id": "order-other", "number": "99"}
        mine = [p for p in self.prompts if p["live"] and p["order_id"] == order["order_id"]]
        for link in [p for p in mine if p["provider"] in ("pesapal", "paystack")]:
            link["live"] = False
        live = next((p for p in mine if p["live"]), None)
        if live:
            return {"result": "live_attempt", "payment_id": live["payment_id"]} | known
        attempt = {"payment_id": f"pay-{len(self.prompts) + 1}", "live": True, "provider": effect["provider"]}
        prompt = known | attempt | {"phone": effect["phone"], "amount": order["due"]}
        self.prompts.append(prompt)
        return {
            "result": "requested",
            "payment_id": prompt["payment_id"],
            "amount": order["due"],
            "currency": "KES",
        } | known

    def pay_cash(self, effect: Effect, before: list[Outcome]) -> Outcome:
        """A code for the bar, the same for the same order."""
        placed = [o for o in before if "total" in o]
        if effect["order_id"] is None and not placed:
            return {"result": "not_placed"}
        order = self.order(effect["order_id"] or placed[0]["order_id"])
        known = {k: order[k] for k in ("order_id", "number")}
        if order["status"] != "PENDING":
            return {"result": "order_closed", "status": order["status"]} | known
        until = "2026-11-20T18:30:00+00:00"
        return {
            "result": "cash_code",
            "code": "BXKT",
            "amount": order["due"],
            "currency": "KES",
            "until": until,
        } | known

    def claim_receipt(self, effect: Effect, before: list[Outcome]) -> Outcome:
        """Only what is in the till, once."""
        placed = [o for o in before if o["result"] == "placed"]
        if effect["order_id"] is None and not placed:
            return {"result": "no_order"}
        order = self.order(effect["order_id"] or placed[0]["order_id"])
        known = {k: order[k] for k in ("order_id", "number")}
        self.codes.append(effect["code"])
        if len(self.codes) > 10 and effect["code"] not in self.till:
            return {"result": "too_many", "minutes": 10}
        return {"result": "matched" if effect["code"] in self.till else "waiting"} | known

    def web_link(self, effect: Effect, before: list[Outcome]) -> Outcome:
        """Signed elsewhere."""
        return {"result": "web_link", "url": f"https://bar.example.co.ke/pay/{effect['subject']}"}

    def cancel_order(self, effect: Effect, before: list[Outcome]) -> Outcome:
        """Until it is paid."""
        order = self.order(effect["order_id"])
        known = {k: order[k] for k in ("order_id", "number")}
        if order["status"] != "PENDING" or self.refuses_to_cancel:
            return {"result": "too_late", "status": order["status"]} | known
        order["status"] = "CANCELLED"
        return {"result": "cancelled"} | known

    def find_orders(self, effect: Effect, before: list[Outcome]) -> Outcome:
        """Newest first."""
        fields = ("order_id", "number", "status", "total", "due")
        found = [
            {k: o[k] for k in fields} | {"currency": "KES", "receipt": "", "wait": self.wait}
            for o in reversed(self.orders)
        ]
        return {"result": "found", "orders": found[:5]}

    def send_receipt(self, effect: Effect, before: list[Outcome]) -> Outcome:
        """Of the newest order that is paid: written when it is asked for, there when it is asked for again."""
        paid = [o for o in self.orders if o["status"] not in ("PENDING", "FAILED", "CANCELLED")]
        if not paid:
            return {"result": "no_receipt"}
        named = {k: paid[-1][k] for k in ("order_id", "number")}
        if paid[-1].setdefault("written", effect) is effect:
            return {"result": "receipt_coming"} | named
        number = named["number"]
        return {"result": "receipt", "link": f"link-{number}", "file": f"receipt-{number}.pdf"} | named

    def confirm_age(self, effect: Effect, before: list[Outcome]) -> Outcome:
        """Kept with the customer."""
        return {"result": "confirmed"}

    def remember(self, effect: Effect, before: list[Outcome]) -> Outcome:
        """Kept with the customer."""
        return {"result": "remembered"}

    def change_identity(self, effect: Effect, before: list[Outcome]) -> Outcome:
        """Somebody else, perhaps."""
        return {"result": "changed"}

    def stop_messages(self, effect: Effect, before: list[Outcome]) -> Outcome:
        """Nothing unasked any more."""
        self.stopped = True
        return {"result": "stopped"}

    def resume_messages(self, effect: Effect, before: list[Outcome]) -> Outcome:
        """Back in."""
        was_stopped, self.stopped = self.stopped, False
        return {"result": "resumed", "was_stopped": was_stopped}

    def call_staff(self, effect: Effect, before: list[Outcome]) -> Outcome:
        """Somebody comes."""
        return {"result": "called"}

    def _shut(self, lines: list[dict[str, Any]]) -> Outcome:
        """By the clock in the house, whatever the guest was shown."""
        products = [
            {k: line[k] for k in ("product_id", "name")} | {"reason": self.shut[line["product_id"]]} for line in lines
        ]
        return {"result": "closed", "reason": products[0]["reason"], "products": products}

    def order(self, order_id: str) -> dict[str, Any]:
        """One order, where it is known."""
        unknown = {"order_id": order_id, "number": "0", "status": "FAILED", "due": "0"}
        return next((o for o in self.orders if o["order_id"] == order_id), unknown)
