"""The simulators' switches, for tests and for whoever wants to see things go wrong.

`POST /control` takes any of these; times are seconds, unknown names are refused with 400:

    {"graph": {
        "delay": 0.2,                    every answer comes this late (the message is taken at once)
        "statuses": true,                report sent, delivered and read
        "status_delay": 0.05,            time before each status
        "drop_answer": 1,                the next n messages are taken, but the caller never hears so
        "pair_rate": 45,                 Meta's limit for one guest: a burst of so many, then one in 6 s; 0 is off
        "templates_needed": true,        refuse a template that was not registered
        "repeat": 2,                     every webhook is delivered so many times
        "fail_next": {"code": 131000, "status": 500, "times": 3, "guest": "2547…"},      refused at once
        "fail_later": {"code": 131026, "times": 1, "guest": "2547…"}},                   accepted, then status `failed`
     "kopokopo": {
        a rule for prompts to come, the latest one for the very phone first, then the latest for all:
        "outcome": success, late, twice, reversed, fails_then_pays, timeout_after_charging, wrong_pin, no_balance,
                   cancelled, unanswered, expired, busy, push_failed, network_busy, network_error,
                   or ask (wait until somebody decides)
        "phone": "2547…", "times": 1, "delay": 2,        whom, how often, and when the guest decides
        "callback": once, twice, late, never, before_answer
        "answer": ok, timeout, 500, garbage, html, empty (all after the prompt went out), 429, 401, 403, 400, 404
        "amount": 100,                                   the guest pays this instead
        "charges": true,                                 false: the answer is given, but no prompt goes out
        and apart from rules:
        "fault": {"where": token | start | poll | list | reversals | send_money | payment_links,
                  "answer": as above, "times": 1},       done nothing
        "refunds": done, failed, or anything else for "not yet", after "refund_after"; "refund_callback": false
        "buygoods": "after",             the till's own event comes before or after the result, or "never"
        "prompt_after", "decide_after", "callback_after", "dialog_life", "late_by", "then_after", "token_life": times
        "revoke_tokens": true},          every token given so far gets 401
     "pesapal" and "paystack": {
        "outcome": ask, pay, mpesa, fail, leave,         what guests do by themselves after "delay"
        "notice": once, twice, late ("late_by"), never   how the program hears of it
        "amount": 100, "currency": "USD",                what is paid instead
        "refund": done, failed, or anything else for "not yet", after "refund_after"
        "fault": {"where": token | register | start | status | list | refund | refund_status | cancel,
                  "answer": 500, 429, 401, garbage, half, html, silence, "times": 1, "after": false},
                                                         after: the call did its work first
        "revoke_tokens": true},                          every token of Pesapal's given so far gets 401
     "etims": {
        "down": true | "drop" | "garbage",                no invoice is signed: 503, no answer, a page instead
        "refuse": 1},                                     the next n invoices are refused for good
     "printer": {
        "away": 1, "tear": 1},                            the next n connections are closed; n slips end in the middle
     "mail": {
        "away": 1, "refuse": 1}}                          the next n connections are closed; n recipients turned away

A prompt is decided by the phone in the browser while that number is on screen, unless a rule names the number.

    POST /control/reset                        forget everything, all switches back
    GET  /control/state                        counts
    GET  /control/prompts ?phone=&id=&since=&screen=open,closed&status=Success&timeout=   M-Pesa prompts like these,
                                               oldest first; waits until there is one
    GET  /graph/_messages ?after=&since=&limit=&count=&timeout=   messages received; waits until there are `count`
    POST /control/till {"phone", "amount"}     a guest pays the till by hand → {"receipt"}
    POST /control/reversal {"receipt"}         M-Pesa takes a payment back
    GET  /control/pages ?provider=&reference=&status=open,paid&timeout=   pages to pay on; waits until there is one
    POST /control/pages {"id", "do"}           pay, mpesa, fail or leave, as on the page → {"done"}
    POST /control/pages {"dispute": reference, "what": create | remind | resolve}
    POST /control/pages {"event", "data"}      any event, signed by Paystack
    GET  /mail/_mails                          what was posted, oldest first; as a page: /sandbox/mail
    GET  /printer/_slips                       what was printed, oldest first; as a page: /sandbox/printer
    POST /control/links {"id", "phone"}        a guest pays one of Kopo Kopo's links → {"done"}
"""

from typing import Any

from sandbox.simulators.checkout.switches import CardSwitches
from sandbox.simulators.etims.endpoint import Etims
from sandbox.simulators.graph.faults import GraphFaults
from sandbox.simulators.kopokopo.endpoint import KopoKopo
from sandbox.simulators.kopokopo.prompts import OPEN, Prompt
from sandbox.simulators.kopokopo.till import Till
from sandbox.simulators.mail.endpoint import Post
from sandbox.simulators.poster import Poster
from sandbox.simulators.printer.endpoint import SlipPrinter
from sandbox.simulators.server import NOT_FOUND, Answer, Request, Response, answer_json
from sandbox.simulators.whatsapp import WhatsApp

DONE = answer_json({"done": True})


class Switchboard:
    """Takes control requests."""

    def __init__(
        self,
        whatsapp: WhatsApp,
        kopokopo: KopoKopo,
        till: Till,
        poster: Poster,
        graph: GraphFaults,
        etims: Etims,
        cards: CardSwitches,
        printer: SlipPrinter,
        post: Post,
    ) -> None:
        self._whatsapp = whatsapp
        self._kopokopo = kopokopo
        self._till = till
        self._poster = poster
        self._graph = graph
        self._etims = etims
        self._cards = cards
        self._printer = printer
        self._post = post

    def handle(self, request: Request) -> Any:
        """Route one request below /control."""
        call = (request.method, request.path.removeprefix("/control").strip("/"))
        if call == ("GET", "state"):
            return self._state()
        if call == ("GET", "prompts"):
            return self._prompts(request)
        if call == ("GET", "pages"):
            return self._cards.pages(request)
        if request.method != "POST":
            return NOT_FOUND
        if call[1] == "reset":
            return self._reset()
        try:
            return self._act(call[1], request.fields())
        except (KeyError, TypeError, ValueError) as error:
            return answer_json({"error": str(error)}, 400)

    def _act(self, name: str, fields: dict[str, Any]) -> Response:
        if name == "":
            return self._switch(fields)
        if name == "till":
            receipt = self._till.pay_by_hand(str(fields["phone"]).lstrip("+"), int(fields["amount"]))
            return answer_json({"receipt": receipt})
        if name == "reversal":
            return answer_json({"reversed": self._till.reverse(fields["receipt"])})
        if name == "pages":
            return self._cards.act(fields)
        if name == "links":
            return answer_json({"done": self._kopokopo.out.pay_link(fields["id"], fields["phone"])})
        return NOT_FOUND

    def _switch(self, fields: dict[str, Any]) -> Response:
        if fields.keys() - {"graph", "kopokopo", "etims", "pesapal", "paystack", "printer", "mail"} or not fields:
            raise ValueError("graph, kopokopo, pesapal, paystack, etims, printer or mail is needed")
        for provider in {"pesapal", "paystack"} & fields.keys():
            self._cards.change(provider, fields[provider])
        self._graph.change(fields.get("graph", {}))
        self._etims.change(fields.get("etims", {}))
        self._printer.change(fields.get("printer", {}))
        self._post.change(fields.get("mail", {}))
        money = dict(fields.get("kopokopo", {}))
        if money.pop("revoke_tokens", False):
            self._kopokopo.revoke()
        self._till.faults.change(money)
        return DONE

    async def _reset(self) -> Response:
        await self._poster.forget()
        self._graph.reset()
        self._etims.reset()
        self._printer.reset()
        self._post.reset()
        self._till.faults.reset()
        self._whatsapp.forget()
        self._till.forget()
        self._kopokopo.forget()
        self._cards.forget()
        return DONE

    def _state(self) -> Response:
        prompts = self._till.prompts.all()
        return answer_json({
            "messages_received": self._whatsapp.journal.received,
            "prompts": len(prompts),
            "prompts_open": sum(prompt.screen == OPEN for prompt in prompts),
            "invoices_asked": self._etims.asked,
            "tokens_given": self._kopokopo.tokens_given,
            "webhooks_dropped": self._poster.dropped,
        })  # fmt: skip

    async def _prompts(self, request: Request) -> Answer:
        found = await self._till.prompts.news.found(
            lambda: [prompt.to_dict() for prompt in self._till.prompts.all() if _alike(prompt, request)],
            float(request.option("timeout", "0")),
        )
        return answer_json({"prompts": found})


def _alike(prompt: Prompt, request: Request) -> bool:
    wanted = {name: request.option(name).lstrip("+") for name in ("phone", "id", "screen", "status")}
    fits = all(not value or getattr(prompt, name) in value.split(",") for name, value in wanted.items())
    return fits and prompt.at > float(request.option("since", "0"))
