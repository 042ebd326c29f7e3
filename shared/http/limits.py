"""Requests larger than a service takes are refused before they are read whole."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.http.problems import COMMON, TooLarge, answer_with


class BodyLimit:
    """ASGI middleware that answers 413 when a body has more than *most* bytes, announced or not.

    *larger* names the addresses that take more, each with how much.

    The body is read here and handed on in one piece: frameworks turn an error met while reading into one of theirs.
    """

    def __init__(self, app: ASGIApp, most: int, larger: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._most = most
        self._larger = larger or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        allowed = self._larger.get(scope["path"], self._most)
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > allowed:
            await answer_with(TooLarge(), COMMON)(scope, receive, send)
            return
        body, more = bytearray(), True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return  # nobody waits for an answer
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > allowed:
                await answer_with(TooLarge(), COMMON)(scope, receive, send)
                return
        whole: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]

        async def replayed() -> Message:
            return whole.pop() if whole else await receive()

        await self._app(scope, replayed, send)
