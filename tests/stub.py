"""A server that answers as a test tells it, to see what becomes of an answer that is wrong."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

JSON = "application/sparql-results+json"
ROWS = json.dumps(
    {
        "head": {"vars": ["x"]},
        "results": {"bindings": [{"x": {"type": "literal", "value": "1.10", "datatype":
            "http://www.w3.org/2001/XMLSchema#decimal"}}]},
    }
).encode()  # fmt: skip
Answering = Callable[[BaseHTTPRequestHandler], None]


class Stub:
    """A server that answers as it is told, and keeps what it was asked."""

    def __init__(self) -> None:
        self.answering: Answering = lambda request: send(request, ROWS)
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.bodies: list[bytes] = []
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                stub.bodies.append(self.rfile.read(int(self.headers.get("Content-Length", 0))))
                stub.asked.append((self.command, self.path, dict(self.headers)))
                try:
                    stub.answering(self)
                except OSError:
                    self.close_connection = True

            do_GET = do_POST  # noqa: N815 - its name in http.server

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.port = self._server.server_address[1]
        self.address = f"http://127.0.0.1:{self.port}/sparql"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def send(
    request: BaseHTTPRequestHandler,
    body: bytes,
    status: int = 200,
    kind: str = JSON,
    **headers: str,
) -> None:
    request.send_response(status)
    request.send_header("Content-Type", kind)
    request.send_header("Content-Length", str(len(body)))
    for name, value in headers.items():
        request.send_header(name.replace("_", "-"), value)
    request.end_headers()
    request.wfile.write(body)
