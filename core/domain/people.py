"""What somebody may be asked to join with: an address, and how long a link to it counts."""

import re
from datetime import timedelta

INVITATION_LASTS = timedelta(days=7)
MAILED_LINK_LASTS = timedelta(hours=1)
HANDED_LINK_LASTS = timedelta(hours=24)  # an owner hands it over in person
LONGEST_EMAIL = 254  # RFC 5321, section 4.5.3.1.3, less the angle brackets

# No control character, and no question mark: with that it could hold a line break (RFC 2047's encoded words).
_LOCAL = r"[^\s@\"<>,;:\\()\[\]?\x00-\x1f\x7f]{1,64}"
_EMAIL = re.compile(_LOCAL + r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")


def read_email(text: str) -> str:
    """An address in lower case, as accounts have it; empty where it is none."""
    plain = text.strip().lower()
    return plain if len(plain) <= LONGEST_EMAIL and _EMAIL.fullmatch(plain) else ""
