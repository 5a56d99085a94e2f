"""The signed address of the page where a guest confirms and pays: for one cart in one state, or for one order."""

from dataclasses import dataclass
from uuid import UUID

from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

PATH = "/pay/"
LIFETIME_SECONDS = 1800


class Forged(Exception):
    """Nobody of ours made this link."""


@dataclass(frozen=True)
class Page:
    """Whose page it is, in opaque keys. `subject`: a cart as `carts.stamp` names it, or an order's id."""

    workspace_id: UUID
    box: str
    subject: str


class Gone(Exception):
    """The link to this page is too old; a new one is had in the chat."""

    def __init__(self, page: Page) -> None:
        super().__init__("too old")
        self.page = page


class WebLinks:
    """Makes and reads the links of this program."""

    def __init__(self, secret: str, base_url: str, lifetime: int = LIFETIME_SECONDS) -> None:
        self._serializer = URLSafeTimedSerializer(secret, salt="a page to pay on")
        self._base = base_url.rstrip("/") + PATH
        self._lifetime = lifetime

    def url(self, page: Page) -> str:
        """The address of a page."""
        signed = self._serializer.dumps([page.workspace_id.hex, page.box, page.subject])
        return self._base + (signed if isinstance(signed, str) else signed.decode())

    def read(self, token: str) -> Page:
        """The page behind a link's last part. Raises Gone or Forged."""
        try:
            return _page(self._serializer.loads(token, max_age=self._lifetime))
        except SignatureExpired as error:
            raise Gone(_page(self._serializer.load_payload(error.payload or b""))) from error
        except (BadData, ValueError) as error:
            raise Forged from error


def _page(signed: list[str]) -> Page:
    workspace, box, subject = signed
    return Page(UUID(hex=workspace), box, subject)


_installed: list[WebLinks] = []


def install(links: WebLinks) -> None:
    """Make these the links of the process; once, before the first turn."""
    _installed[:] = [links]


def installed() -> WebLinks:
    """The links of this process."""
    if not _installed:
        raise RuntimeError("no web links installed: call core.services.web_links.install first")
    return _installed[0]
