"""Requests larger than a service takes are refused before they are read whole."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.http.problems import COMMON, TooLarge, answer_with


class BodyLimit:
    """ASGI middleware that answers 413 when a body has more than *most* bytes, announced or not.

    The body is read here and handed on in one piece: frameworks turn an error met while reading into one of theirs.
    """

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > self._most:
            await answer_with(TooLarge(), COMMON)(scope, receive, send)
            return
        body, more = bytearray(), True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return  # nobody waits for an answer
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self._most:
                await answer_with(TooLarge(), COMMON)(scope, receive, send)
                return
        whole: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]

        async def replayed() -> Message:
            return whole.pop() if whole else await receive()

        await self._app(scope, replayed, send)
