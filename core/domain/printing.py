"""Which printer stands at which station, and what it prints: a ticket of one order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Any

from core.domain.statuses import Station

PORT = 9100  # where network printers listen (JetDirect)
PORTS = range(PORT, PORT + 10)
COLUMNS = 42  # of font A on paper of 80 mm, as most of them have it


@dataclass(frozen=True)
class Printer:
    """A network printer that understands ESC/POS."""

    host: str
    port: int = PORT


@dataclass(frozen=True)
class TicketLine:
    """One line of an order: `choices` are its options and its note."""

    quantity: int
    name: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class TicketSheet:
    """What stands on a ticket. `paid_at` in the venue's own zone; `copy`: how often it was sent to a printer before."""

    venue: str
    station: Station
    number: int
    where: str
    guest: str
    note: str
    paid_at: datetime | None
    lines: tuple[TicketLine, ...]
    copy: int = 0
    called_off: bool = False

    @property
    def heading(self) -> str:
        """What nobody may overlook: that it was printed before, or that nothing is to be made."""
        if self.called_off:
            return "CALLED OFF"
        return f"COPY {self.copy + 1}" if self.copy else ""


def may_stand_at(address: str) -> bool:
    """Whether a venue's printer can be at this IP address: not on the program's own machine, nor where a cloud keeps
    its keys (169.254.169.254)."""
    ip = ip_address(address.partition("%")[0])
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return not (ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_unspecified)


def read_printers(data: Mapping[str, Any]) -> dict[Station, Printer]:
    """The printers as the workspace keeps them, by station. Raises ValueError naming what cannot be meant."""
    return {_station(name): _printer(name, value) for name, value in data.items()}


def written_printers(printers: Mapping[Station, Printer]) -> dict[str, dict[str, Any]]:
    """Inverse of `read_printers`."""
    return {station.value: vars(printer) for station, printer in printers.items()}


def _station(name: str) -> Station:
    if name not in Station.__members__:
        raise ValueError(f"printers: {name!r} must be one of {', '.join(Station)}")
    return Station(name)


def _printer(station: str, value: Any) -> Printer:
    host, port = (value.get("host"), value.get("port", PORT)) if isinstance(value, dict) else (None, None)
    if not isinstance(host, str) or not host.strip() or isinstance(port, bool) or not isinstance(port, int):
        raise ValueError(f"printers: {station} needs a host, and a port if it is not {PORT}")
    if not 0 < port < 65536:
        raise ValueError(f"printers: {station}'s port must be 1 to 65535")
    return Printer(host.strip(), port)
