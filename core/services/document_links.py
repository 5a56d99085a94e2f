"""Links to documents: a token nobody can guess, made of a row's id and this installation's key.

The row says until when it counts and whether it was taken back; a copy of the database alone lets nobody in.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, undefer

from core import clock
from core.domain.documents import ENDING, MIME, DocumentKind
from core.settings import Settings
from core.store.sql.tables import Closing, Document, DocumentLink, Invoice

MAC_BYTES = 16
LASTS = timedelta(days=30)
# A link that is given out again must last a while longer.
FRESH = timedelta(days=20)


@dataclass(frozen=True)
class File:
    """A document as it is handed out."""

    name: str
    mime: str
    content: bytes = field(repr=False)


def link_to(db: Session, document: Document) -> DocumentLink:
    """The link of a locked document to give out: one that lasts long enough, else a new one."""
    now = clock.now()
    mine = (DocumentLink.document_id == document.id, DocumentLink.revoked_at.is_(None))
    lasting = select(DocumentLink).where(*mine, DocumentLink.expires_at > now + FRESH)
    link = db.scalar(lasting.order_by(DocumentLink.expires_at.desc()).limit(1))
    if link is None:
        link = DocumentLink(workspace_id=document.workspace_id, document_id=document.id, expires_at=now + LASTS)
        db.add(link)
        db.flush()
    return link


def revoke_links(db: Session, workspace_id: UUID, document_id: UUID, user_id: UUID) -> int:
    """Whoever has a link to this document cannot fetch it any more; answers how many links that were."""
    now = clock.now()
    mine = (DocumentLink.workspace_id == workspace_id, DocumentLink.document_id == document_id)
    live = (DocumentLink.revoked_at.is_(None), DocumentLink.expires_at > now)
    ended = update(DocumentLink).where(*mine, *live).values(revoked_at=now, revoked_by=user_id)
    return len(db.scalars(ended.returning(DocumentLink.id)).all())


def url(settings: Settings, link_id: UUID) -> str:
    """Where the document behind a link is fetched."""
    return f"{settings.public_base_url}/receipts/{token(settings.secret_key, link_id)}.pdf"


def verify_url(settings: Settings, verify_token: str) -> str:
    """Where anybody sees that a receipt is genuine."""
    return f"{settings.public_base_url}/receipts/verify/{verify_token}"


def token(secret: str, link_id: UUID) -> str:
    """URL-safe, 43 letters."""
    return base64.urlsafe_b64encode(link_id.bytes + _mac(secret, link_id)).decode().rstrip("=")


def read_token(secret: str, text: str) -> UUID | None:
    """The link a token was made for, or None where we did not make it."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    if len(raw) != 16 + MAC_BYTES:
        return None
    link_id = UUID(bytes=raw[:16])
    return link_id if hmac.compare_digest(raw[16:], _mac(secret, link_id)) else None


def fetched(db: Session, link_id: UUID) -> File | None:
    """What a link leads to; None where it has expired or was taken back."""
    live = (DocumentLink.id == link_id, DocumentLink.revoked_at.is_(None), DocumentLink.expires_at > func.now())
    document_id = db.scalar(select(DocumentLink.document_id).where(*live))
    return file_of(db, document_id) if document_id else None


def file_of(db: Session, document_id: UUID) -> File | None:
    """A document as a file; None while it is not made."""
    whole = select(Document).where(Document.id == document_id).options(undefer(Document.content))
    document = db.scalars(whole.execution_options(populate_existing=True)).one()
    if document.content is None:
        return None
    return File(file_name(db, document), MIME[document.kind], document.content)


def file_name(db: Session, document: Document) -> str:
    """What it is called where it is saved: `receipt-1042.pdf`."""
    if name := document.request.get("name"):
        return f"{name}.{ENDING[document.kind]}"
    word = "receipt" if document.kind is DocumentKind.RECEIPT else "closing"
    source = select(Invoice.number).where(Invoice.id == document.invoice_id)
    if document.kind is not DocumentKind.RECEIPT:
        source = select(Closing.number).where(Closing.id == document.closing_id)
    return f"{word}-{db.scalar(source)}.{ENDING[document.kind]}"


def _mac(secret: str, link_id: UUID) -> bytes:
    key = hashlib.sha256(b"document links:" + secret.encode()).digest()
    return hmac.digest(key, link_id.bytes, "sha256")[:MAC_BYTES]
