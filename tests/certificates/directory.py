"""People's directory over HTTP, as far as certificates asks, answering as the test wishes."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class People:
    """Answers 503 until `at_work`; `asked` counts the questions about a person."""

    def __init__(self) -> None:
        self.at_work = False
        self.asked = 0
        self.tokens: list[str] = []

    def entry(self, token: str) -> tuple[HTTPStatus, dict[str, Any]]:
        self.asked += 1
        self.tokens.append(token)
        if not self.at_work:
            return HTTPStatus.SERVICE_UNAVAILABLE, {}
        names = {"family_name": "Ёлкина", "given_name": "Анна", "patronymic": "Петровна"}
        return HTTPStatus.OK, names | {"school_name": "МАОУ «СОШ № 11»", "consented": True}


@contextmanager
def people_at(port: int) -> Iterator[People]:
    people = People()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.reply(HTTPStatus.OK, {"access_token": "the-service-itself", "expires_in": 900})

        def do_GET(self) -> None:
            self.reply(*people.entry(self.headers["Authorization"]))

        def reply(self, status: HTTPStatus, told: dict[str, Any]) -> None:
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Door)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield people
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
