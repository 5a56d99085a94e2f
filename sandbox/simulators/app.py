"""Puts the simulators together behind one port."""

from collections.abc import Callable
from typing import Any

from sandbox.simulators.checkout.book import Book
from sandbox.simulators.checkout.pages import CheckoutPages
from sandbox.simulators.checkout.switches import CardSwitches
from sandbox.simulators.etims.endpoint import Etims
from sandbox.simulators.graph.endpoint import Graph
from sandbox.simulators.graph.faults import GraphFaults
from sandbox.simulators.kopokopo.endpoint import KopoKopo
from sandbox.simulators.kopokopo.rules import KopoKopoFaults
from sandbox.simulators.kopokopo.till import Till
from sandbox.simulators.mail.endpoint import Post
from sandbox.simulators.paystack.endpoint import Paystack
from sandbox.simulators.pesapal.endpoint import Pesapal
from sandbox.simulators.phone.api import PhoneApi
from sandbox.simulators.phone.pages import Pages, board
from sandbox.simulators.poster import Poster
from sandbox.simulators.printer.endpoint import SlipPrinter
from sandbox.simulators.server import NOT_FOUND, Handler, Request, Response
from sandbox.simulators.settings import SimulatorSettings
from sandbox.simulators.switchboard import Switchboard
from sandbox.simulators.whatsapp import WhatsApp


def build(settings: SimulatorSettings, printer: SlipPrinter, post: Post) -> Handler:
    """One handler for every path; the printer and the mail server have ports of their own, too."""
    poster, graph_faults = Poster(), GraphFaults()
    whatsapp = WhatsApp(settings, poster, graph_faults)
    till = Till(settings, poster, KopoKopoFaults(), whatsapp.wake)
    kopokopo = KopoKopo(till)
    book = Book(poster, settings.public_base_url)
    pesapal, paystack = Pesapal(book, settings), Paystack(book, settings)
    cards = CardSwitches(book, pesapal, paystack)
    etims = Etims(f"http://127.0.0.1:{settings.port}")
    areas: dict[str, Callable[[Request], Any]] = {
        "graph": Graph(whatsapp, graph_faults).handle,
        "kopokopo": kopokopo.handle,
        "pesapal": pesapal.handle,
        "paystack": paystack.handle,
        "etims": etims.handle,
        "printer": printer.handle,
        "mail": post.handle,
        "control": Switchboard(whatsapp, kopokopo, till, poster, graph_faults, etims, cards, printer, post).handle,
        "sandbox": Pages(PhoneApi(whatsapp, till), CheckoutPages(book), printer, post).handle,
        "admin": board,
        "healthz": healthy,
    }
    return lambda request: areas.get(request.path.split("/", 2)[1], missing)(request)


def healthy(request: Request) -> Response:
    """The process is up."""
    return Response(200, b"ok", "text/plain")


def missing(request: Request) -> Response:
    """Nothing is here."""
    return NOT_FOUND
