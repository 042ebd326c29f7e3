"""What a browser asks for and complains of while somebody reads, and what its addresses give away."""

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote_plus, urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response, Route

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
# The console repeats a policy's violation in words that change with the browser; the event has a name.
TELL_VIOLATIONS: Final = """
addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
  console.error(`policy violated: ${effectiveDirective} by ${blockedURI}`));
"""


@dataclass  # without slots: playwright hangs its wrappers on it
class Watch:
    """Over everything that is opened in one context; `personal` is what no address may show."""

    personal: frozenset[str] = frozenset()
    addresses: list[str] = field(default_factory=list)
    complaints: list[ConsoleMessage] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    documents: set[str] = field(default_factory=set)

    def over(self, context: BrowserContext) -> "Watch":
        context.add_init_script(TELL_VIOLATIONS)
        context.route("**/*", self._let_through)
        context.on("request", self._asked)
        context.on("response", self._answered)
        context.on("console", self._said)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        return self

    def _let_through(self, route: Route) -> None:
        if at_home(route.request.url):
            route.fallback()
        else:
            route.abort("blockedbyclient")

    def _asked(self, request: Request) -> None:
        self.addresses.append(request.url)

    def _answered(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self.documents.add(response.url)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message)

    def forget(self) -> None:
        for told in (self.addresses, self.complaints, self.errors, self.documents):
            told.clear()

    def faults(self) -> list[str]:
        outside = [f"asks for {address}" for address in self.addresses if not at_home(address)]
        said = [f"the console says {each.text}" for each in self.complaints if not self._is_an_answer(each)]
        failed = [f"a script failed: {error}" for error in self.errors]
        told = [f"{word!r} stands in {address}" for address in self.addresses for word in self._told_by(address)]
        return [*outside, *said, *failed, *told]

    def _is_an_answer(self, message: ConsoleMessage) -> bool:
        """A page that says no has a status that says so too, and Chromium's console repeats it."""
        return message.text.startswith("Failed to load resource") and message.location["url"] in self.documents

    def _told_by(self, address: str) -> list[str]:
        plain = unquote_plus(address).casefold()
        return sorted(word for word in {"@", *self.personal} if word.casefold() in plain)


@dataclass(slots=True)
class Tab:
    """One page that is used for many tests, and who watches it."""

    page: Page
    watch: Watch

    @classmethod
    def of(cls, context: BrowserContext, personal: frozenset[str]) -> "Tab":
        watch = Watch(personal).over(context)
        return cls(context.new_page(), watch)

    def forget(self) -> None:
        """As if nobody had been here."""
        self.page.context.clear_cookies()
        self.page.goto("about:blank")
        self.watch.forget()


def at_home(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in ("about", "data", "blob") or parts.hostname in LOOPBACK
