"""A service that only says it is ready, and what it was told: for tests of the runner."""

import json
import os
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps({key: value for key, value in os.environ.items() if key.startswith("IOM_")}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


if __name__ == "__main__":
    HTTPServer((os.environ["IOM_HOST"], int(os.environ["IOM_PORT"])), Handler).serve_forever()
