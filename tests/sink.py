"""Where the simulators post to: keeps what came in, for tests that wait for it."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from requests.structures import CaseInsensitiveDict

from sandbox.simulators.guest import PATIENCE


@dataclass(frozen=True)
class Post:
    """One webhook as it came in; header names in any case."""

    path: str
    headers: Mapping[str, str]
    raw: bytes


@dataclass
class Sink:
    """Answers with the next of `answers`, then with 200."""

    url: str = ""
    posts: list[Post] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def take(self, post: Post) -> int:
        with self.changed:
            self.posts.append(post)
            self.changed.notify_all()
            return self.answers.pop(0) if self.answers else 200

    def wait(self, good: Callable[[Post], bool] = lambda post: True, count: int = 1) -> list[Post]:
        """Wait until so many posts are good."""
        with self.changed:
            assert self.changed.wait_for(lambda: sum(map(good, self.posts)) >= count, PATIENCE), self.posts
            return [post for post in self.posts if good(post)]

    def clear(self) -> None:
        with self.changed:
            self.posts.clear()
            self.answers.clear()


@contextmanager
def listening() -> Iterator[Sink]:
    """A sink for as long as the block runs."""
    sink = Sink()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(sink.take(Post(self.path, CaseInsensitiveDict(self.headers.items()), raw)))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    sink.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield sink
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
