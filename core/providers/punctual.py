"""Connections that end with their call.

A read timeout starts anew with every byte that drips in; here each read of the socket looks at the end of the call.
"""

import io
import socket
import time
from contextvars import ContextVar
from http.client import HTTPResponse
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError

end_of_call: ContextVar[float] = ContextVar("end_of_call")


class _Reader(io.RawIOBase):
    """A socket's bytes until the end of the call, and not one second longer."""

    def __init__(self, sock: socket.socket, end: float) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._end = end

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the call took too long")
        self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Bounded:
    """Stands in for the socket where http.client asks it for a file."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self._sock, end_of_call.get()))


class _Response(HTTPResponse):
    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(_Bounded(sock), *args, **kwargs)  # type: ignore[arg-type]


class _Punctual:
    """Mixed into a connection: a slow look-up or handshake that used up the time leaves the request unsent."""

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]
        if time.monotonic() >= end_of_call.get():
            self.close()  # type: ignore[attr-defined]
            raise ConnectTimeoutError(self, "connected too late")


class _HttpConnection(_Punctual, HTTPConnection):
    response_class = _Response


class _HttpsConnection(_Punctual, HTTPSConnection):
    response_class = _Response


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _HttpConnection


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _HttpsConnection


class PunctualAdapter(HTTPAdapter):
    """Carries `requests` over connections that keep to `end_of_call`."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}
