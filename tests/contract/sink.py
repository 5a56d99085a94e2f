"""Where the simulators post to: keeps what came in, for tests that wait for it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Post:
    """One webhook as it came in; header names in lower case."""

    path: str
    headers: dict[str, str]
    raw: bytes


@dataclass
class Sink:
    """Answers everything with 200."""

    url: str = ""
    posts: list[Post] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def take(self, post: Post) -> None:
        with self.changed:
            self.posts.append(post)
            self.changed.notify_all()

    def wait(self, good: Callable[[Post], bool], count: int = 1) -> list[Post]:
        """Wait until so many posts are good."""
        with self.changed:
            assert self.changed.wait_for(lambda: sum(map(good, self.posts)) >= count, 20), self.posts
            return [post for post in self.posts if good(post)]

    def clear(self) -> None:
        with self.changed:
            self.posts.clear()


@contextmanager
def listening() -> Iterator[Sink]:
    """A sink for as long as the block runs."""
    sink = Sink()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            sink.take(Post(self.path, {name.lower(): value for name, value in self.headers.items()}, raw))
            self.send_response(200)
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
