"""One mail over SMTP (RFC 5321), in plain text, within a few seconds."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from core.errors import Rejected, TryAgain
from core.settings import MailSettings

PATIENCE = 10.0


def post(settings: MailSettings, to: str, subject: str, text: str) -> None:
    """Hand it to the server. Raises Rejected where it will never be taken, TryAgain where it may be later."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.sender, to, subject
    message.set_content(text)
    try:
        with _server(settings) as server:
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        if all(code >= 500 for code, _ in error.recipients.values()):
            raise Rejected("mail_refused") from None
        raise TryAgain("the mail server is busy") from None
    except smtplib.SMTPResponseException as error:
        raise TryAgain(f"the mail server answered {error.smtp_code}") from None
    except (smtplib.SMTPException, OSError) as error:
        raise TryAgain(type(error).__name__) from None


@contextmanager
def _server(settings: MailSettings) -> Iterator[smtplib.SMTP]:
    context = ssl.create_default_context()
    address = (settings.host, settings.port)
    if settings.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(*address, timeout=PATIENCE, context=context)
    else:
        server = smtplib.SMTP(*address, timeout=PATIENCE)
    with server:
        if settings.security == "starttls":
            server.starttls(context=context)
        if settings.user:
            server.login(settings.user, settings.password)
        yield server
