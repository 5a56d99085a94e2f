"""A ticket as bytes for an ESC/POS printer: large enough for an arm's length, and nothing that is not needed."""

from textwrap import wrap

from escpos.printer import Dummy

from core.domain.printing import COLUMNS, TicketLine, TicketSheet

LARGE = COLUMNS // 2  # characters of double width in a line


def ticket(sheet: TicketSheet) -> bytes:
    """The whole slip, cut at its end."""
    slip = Dummy()
    slip.hw("INIT")
    if sheet.heading:
        _large(slip, sheet.heading, invert=True)
    _large(slip, f"#{sheet.number}  {sheet.where}")
    _plain(slip, " - ".join(part for part in (sheet.station.value.title(), _time(sheet), sheet.guest) if part))
    slip.text("-" * COLUMNS + "\n")
    for line in sheet.lines:
        _item(slip, line)
    if sheet.note:
        slip.text("-" * COLUMNS + "\n")
        _large(slip, sheet.note)
    _plain(slip, sheet.venue)
    slip.cut()
    return bytes(slip.output)


def _item(slip: Dummy, line: TicketLine) -> None:
    _large(slip, f"{line.quantity} x {line.name}")
    for choice in line.choices:
        _plain(slip, f"    {choice}", bold=True)


def _large(slip: Dummy, text: str, invert: bool = False) -> None:
    slip.set(custom_size=True, width=2, height=2, bold=True, invert=invert)
    _write(slip, text, LARGE)


def _plain(slip: Dummy, text: str, bold: bool = False) -> None:
    slip.set(bold=bold)
    _write(slip, text, COLUMNS)


def _write(slip: Dummy, text: str, columns: int) -> None:
    """Line by line. What a guest wrote must not be able to tell the printer anything."""
    harmless = "".join(letter if letter.isprintable() else " " for letter in text)
    for piece in wrap(harmless, columns, drop_whitespace=False):
        slip.text(f"{piece}\n")
    slip.set_with_default()


def _time(sheet: TicketSheet) -> str:
    return f"{sheet.paid_at:%H:%M}" if sheet.paid_at else ""
