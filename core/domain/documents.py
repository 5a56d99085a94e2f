"""What a venue gives its guests and its books in writing, and how far it is made."""

from enum import StrEnum


class DocumentKind(StrEnum):
    """What is written."""

    RECEIPT = "receipt"
    CLOSING_PDF = "closing_pdf"
    CLOSING_CSV = "closing_csv"
    CLOSING_XLSX = "closing_xlsx"


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


MIME = {
    DocumentKind.RECEIPT: "application/pdf",
    DocumentKind.CLOSING_PDF: "application/pdf",
    DocumentKind.CLOSING_CSV: "text/csv; charset=utf-8",
    DocumentKind.CLOSING_XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ENDING = {
    DocumentKind.RECEIPT: "pdf",
    DocumentKind.CLOSING_PDF: "pdf",
    DocumentKind.CLOSING_CSV: "csv",
    DocumentKind.CLOSING_XLSX: "xlsx",
}
