"""An engine for tests that answers whatever a test wants, however broken."""

import contextlib
import http.server
import threading
import time
import urllib.parse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from nhm_graph.store.remote import RemoteStore
from nhm_graph.store.remote_http import Limits

JSON = "application/sparql-results+json"
ROW = '{"a":{"type":"literal","value":"x"}}'
TABLE = f'{{"head":{{"vars":["a"]}},"results":{{"bindings":[{ROW},{ROW}]}}}}'.encode()


@dataclass
class Seen:
    """A request as it came in."""

    method: str
    path: str
    headers: Mapping[str, str]
    form: Mapping[str, list[str]]


@dataclass
class Engine:
    """An engine that answers what a test wants."""

    address: str
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": JSON})
    body: bytes = TABLE
    chunked: bool = False
    stated: int | None = None
    with_length: bool = True
    pause: float = 0
    seen: list[Seen] = field(default_factory=list)

    def store(self, seconds: float = 5, size: int = 10_000, **more: str) -> RemoteStore:
        return RemoteStore(self.address, limits=Limits(seconds, size), **more)  # type: ignore[arg-type]


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    engine: Engine

    def do_POST(self) -> None:
        engine = self.engine
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        form = urllib.parse.parse_qs(sent)
        engine.seen.append(Seen(self.command, self.path, dict(self.headers), form))
        self.send_response(engine.status)
        for name, value in engine.headers.items():
            self.send_header(name, value)
        if engine.chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif engine.with_length:
            length = len(engine.body) if engine.stated is None else engine.stated
            self.send_header("Content-Length", str(length))
        self.end_headers()
        with contextlib.suppress(OSError):
            self._write(engine)
        self.close_connection = True

    do_GET = do_POST

    def _write(self, engine: Engine) -> None:
        if engine.chunked:
            # Without the last chunk: as a server that dies while it answers.
            self.wfile.write(b"%x\r\n%b\r\n" % (len(engine.body), engine.body))
            return
        for byte in engine.body if engine.pause else ():
            time.sleep(engine.pause)
            self.wfile.write(bytes([byte]))
        if not engine.pause:
            self.wfile.write(engine.body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextlib.contextmanager
def served() -> Iterator[Engine]:
    handler = type("Handler", (_Handler,), {})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        handler.engine = Engine(f"http://127.0.0.1:{server.server_address[1]}/sparql")  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield handler.engine  # type: ignore[attr-defined]
        server.shutdown()
