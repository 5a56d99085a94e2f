"""Kopo Kopo's ways of sending money back, and its payment links."""

import asyncio
import time
import uuid
from collections import OrderedDict
from typing import Any

from sandbox.simulators.kopokopo.checks import RefusedError, check_callback, check_phone
from sandbox.simulators.kopokopo.shapes import receipt_code, result, stamp, transaction
from sandbox.simulators.kopokopo.till import Till

MOST_KEPT = 1_000


class MoneyOut:
    """Reversals, payouts and links, each with a result that changes and is posted."""

    def __init__(self, till: Till) -> None:
        self._till = till
        self._things: OrderedDict[str, dict[str, Any]] = OrderedDict()

    def get(self, kind: str, identity: str) -> dict[str, Any] | None:
        """The status answer of one of them."""
        return self._things.get(f"{kind}/{identity}")

    def all(self, kind: str) -> list[dict[str, Any]]:
        """All of a kind, oldest first."""
        return [body["data"] for name, body in self._things.items() if name.startswith(f"{kind}/")]

    def reverse(self, fields: dict[str, Any], base: str) -> str:
        """The whole of a payment goes back; the address to ask about it."""
        receipt = fields.get("transaction_reference")
        paid = next((one for one in self._till.transactions if one["reference"] == receipt), None)
        if paid is None or paid["status"] == "Reversed" or self._reversing(receipt):
            raise RefusedError("Transaction cannot be reversed")
        about = {"transaction_reference": receipt, "reason": fields.get("reason"), "reversal_bulk_payment": None}
        body, url = self._keep("reversals", "reversal", fields, base, about)
        sent = {"reversal_bulk_payment": _sent(str(paid["amount"]))}
        self._till.later(self._carry_out(body, sent, str(receipt)))
        return url

    def send(self, fields: dict[str, Any], base: str) -> str:
        """Money to phones; an empty list would empty the account, as it does at the real one."""
        destinations = fields.get("destinations")
        if not isinstance(destinations, list):
            raise RefusedError("Destinations must be a list")
        for one in destinations:
            check_phone(one.get("phone_number"))
        body, url = self._keep("send_money", "send_money", fields, base, {"transfer_batches": []})
        sent = [_sent(f"{one['amount']}.0") | {"destination_type": "mobile_wallet"} for one in destinations]
        self._till.later(self._carry_out(body, {"transfer_batches": [{"disbursements": sent}]}, ""))
        return url

    def link(self, fields: dict[str, Any], base: str) -> str:
        """A page for M-Pesa."""
        if (
            not isinstance(fields.get("amount"), int)
            or str(fields.get("till_number")) != self._till.settings.till_number
        ):
            raise RefusedError("Amount or till is invalid")
        about: dict[str, Any] = {
            "amount": fields["amount"], "currency": fields.get("currency"), "note": fields.get("note"),
            "payment_reference": fields.get("payment_reference"),
        }  # fmt: skip
        body, url = self._keep("payment_links", "payment_link", fields, base, about)
        body["data"]["attributes"]["status"] = "Pending"
        where = f"{base.rpartition('/')[0]}/sandbox/kopokopo/{body['data']['id']}"
        body["data"]["attributes"]["payment_link"] = {
            "payment_link_status": "active", "expires_at": stamp(time.time() + 7 * 86_400), "link": where,
        }  # fmt: skip
        return url

    def cancel(self, identity: str) -> bool:
        """A link is worth nothing from now on."""
        found = self.get("payment_links", identity)
        if found is None:
            return False
        found["data"]["attributes"]["payment_link"]["payment_link_status"] = "cancelled"
        return True

    def pay_link(self, identity: str, phone: str) -> bool:
        """A guest pays by link."""
        found = self.get("payment_links", identity)
        attributes = found["data"]["attributes"] if found else {}
        if not found or attributes["payment_link"]["payment_link_status"] != "active":
            return False
        till, now = self._till.settings.till_number, time.time()
        resource = transaction(receipt_code(), phone, str(attributes["amount"]), till, now)
        self._till.transactions.append(resource)
        attributes["payment_link"]["payment_link_status"] = "paid"
        attributes |= {"status": "Success", "event": {"resource": resource, "errors": None}}
        self._till.post(attributes["_links"]["callback_url"], found)
        return True

    def forget(self) -> None:
        """Start anew."""
        self._things.clear()

    def _reversing(self, receipt: Any) -> bool:
        return any(one["attributes"]["transaction_reference"] == receipt for one in self.all("reversals"))

    def _keep(
        self, kind: str, name: str, fields: dict[str, Any], base: str, about: dict[str, Any]
    ) -> tuple[dict[str, Any], str]:
        identity = str(uuid.uuid4())
        url = f"{base}/api/v2/{kind}/{identity}"
        known = {"status": "Received", "created_at": stamp(time.time()), "errors": None}
        attributes = known | about | {"metadata": fields.get("metadata")}
        body = result(name, identity, url, check_callback(fields), attributes)
        self._things[f"{kind}/{identity}"] = body
        if len(self._things) > MOST_KEPT:
            self._things.popitem(last=False)
        return body, url

    async def _carry_out(self, body: dict[str, Any], sent: dict[str, Any], receipt: str) -> None:
        timing, attributes = self._till.faults.timing, body["data"]["attributes"]
        await asyncio.sleep(timing.refund_after)
        if self._till.faults.refunds == "failed":
            attributes |= {"status": "Failed", "errors": "Insufficient funds"}
        elif self._till.faults.refunds == "done":
            attributes |= sent | {"status": "Processed"}
            if receipt:
                self._till.reverse(receipt)
        if self._till.faults.refund_callback:
            self._till.post(attributes["_links"]["callback_url"], body)


def _sent(amount: str) -> dict[str, Any]:
    now = stamp(time.time())
    return {
        "amount": amount,
        "status": "Transferred",
        "origination_time": now,
        "transaction_reference": receipt_code(),
    }
