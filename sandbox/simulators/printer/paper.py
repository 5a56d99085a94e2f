"""ESC/POS as paper: the text of a slip, without the commands (Epson's ESC/POS command reference)."""

import re
from dataclasses import dataclass

ESC, GS = b"\x1b", b"\x1d"
# ESC @ takes nothing, ESC d n feeds n lines; the others that come are ESC or GS, a letter, and one byte.
COMMAND = re.compile(rb"\x1b@|\x1b[a-zA-Z!{-].|\x1d[Vv].|\x1d[a-zA-Z!].", re.DOTALL)
CODE_TABLE = re.compile(rb"\x1bt(.)", re.DOTALL)
CUT = b"\x1dV"
# The code tables of ESC t n that text in our languages needs; what else comes is shown as it is.
TABLES = {0: "cp437", 2: "cp850", 16: "cp1252", 18: "cp852"}


@dataclass(frozen=True)
class Slip:
    """One piece of paper."""

    text: str
    cut: bool
    raw: bytes


def read(raw: bytes) -> Slip:
    """What stands on it."""
    text, table, at = "", "cp437", 0
    for command in COMMAND.finditer(raw):
        text += raw[at : command.start()].decode(table, "replace")
        found = CODE_TABLE.fullmatch(command[0])
        table = TABLES.get(found[1][0], table) if found else table
        at = command.end()
    return Slip(text + raw[at:].decode(table, "replace"), CUT in raw, raw)
