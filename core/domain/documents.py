"""What a venue gives its guests and its books in writing, and how far it is made."""

from enum import StrEnum


class DocumentKind(StrEnum):
    """What is written."""

    RECEIPT = "receipt"
    CLOSING_PDF = "closing_pdf"
    CLOSING_CSV = "closing_csv"
    CLOSING_XLSX = "closing_xlsx"
    REPORT_PDF = "report_pdf"
    LIST_CSV = "list_csv"
    LIST_XLSX = "list_xlsx"
    LIST_PDF = "list_pdf"


class DocumentState(StrEnum):
    """Whether it is there yet."""

    WANTED = "WANTED"
    MADE = "MADE"
    FAILED = "FAILED"


class FiscalState(StrEnum):
    """Whether the tax authority has signed an invoice."""

    WAITING = "WAITING"
    SIGNED = "SIGNED"
    REFUSED = "REFUSED"


LISTS = {"csv": DocumentKind.LIST_CSV, "xlsx": DocumentKind.LIST_XLSX, "pdf": DocumentKind.LIST_PDF}
_MIMES = {
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ENDING = {kind: kind.value.partition("_")[2] or "pdf" for kind in DocumentKind}
MIME = {kind: _MIMES[ending] for kind, ending in ENDING.items()}
