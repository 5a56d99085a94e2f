"""What Meta says of a number itself: a question that needs its token, and changes nothing.

https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/phone-numbers
"""

from typing import Any

from core.errors import Rejected, TryAgain
from core.providers.http import Http

SECONDS = 10.0


def number_behind(http: Http, line: Any, token: str) -> str:
    """The number as people write it. Raises Rejected with Meta's code, or TryAgain."""
    url = f"{line.api_url}/{line.api_version}/{line.phone_number_id}?fields=display_phone_number,verified_name"
    answer = http.ask("GET", url, headers={"Authorization": f"Bearer {token}"}, seconds=SECONDS)
    body = answer.json()
    body = body if isinstance(body, dict) else {}
    if not answer.ok:
        error = body.get("error")
        code = error.get("code") if isinstance(error, dict) else answer.status
        raise Rejected("refused_by_meta", str(code))
    number = body.get("display_phone_number")
    if not isinstance(number, str) or not number:
        raise TryAgain("not an answer of Meta's")
    return number
