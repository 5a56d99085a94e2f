"""Calls that may move money: each is made once, and whatever becomes of it is a word of the contract."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from core.domain.payments import Reason
from core.errors import OutcomeUnknown, Rejected, TryAgain
from core.providers.contract import Refused, Unknown

Asked = ParamSpec("Asked")
Answered = TypeVar("Answered")


def never_raises(call: Callable[Asked, Answered]) -> Callable[Asked, Answered | Refused | Unknown]:
    """Our errors as answers: surely nothing happened, refused for good, or nobody knows."""

    @wraps(call)
    def answered(*args: Asked.args, **kwargs: Asked.kwargs) -> Answered | Refused | Unknown:
        try:
            return call(*args, **kwargs)
        except TryAgain:
            return Refused(Reason.NETWORK_ERROR, retryable=True)
        except Rejected as error:
            return Refused(error.reason)
        except OutcomeUnknown:
            return Unknown()

    return answered
