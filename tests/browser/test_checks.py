"""The checks of the pages themselves: on a sound page they find nothing, and each finds what it is for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Error, Page, Route, ViewportSize

from tests.browser import checks
from tests.browser.watch import Tab, at_home
from tests.browser.world import INVITED, personal

HERE = "http://127.0.0.1/page"
POLICY = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src *"}
SOUND = """<!doctype html><html lang="ru"><head><meta charset="utf-8"><title>Страница</title>
<style>
:focus-visible { outline: 3px solid #0b4f8a; } .skip { position: absolute; left: -100vw; } .skip:focus { left: 0; }
</style></head><body>
<a class="skip" href="#main">К содержанию</a><header><nav aria-label="Разделы"><a href="/one">Раздел</a></nav></header>
<main id="main" tabindex="-1"><h1>Страница</h1><h2>Форма</h2>
<form><p><label for="name">Имя</label><input id="name"></p><p><button>Отправить</button></p></form>
<p>Слова страницы.</p></main></body></html>"""
WORDS = "<p>Слова страницы.</p>"


@dataclass(slots=True)
class Stage:
    """What loopback serves to a tab: a page, and what is told of other paths."""

    tab: Tab
    html: str = SOUND
    headers: dict[str, str] = field(default_factory=lambda: POLICY)
    others: dict[str, dict[str, Any]] = field(default_factory=dict)

    def serve(self, route: Route) -> None:
        page = {"body": self.html, "content_type": "text/html", "headers": self.headers}
        route.fulfill(**self.others.get(urlsplit(route.request.url).path, page))

    def show(self) -> Page:
        self.tab.page.goto(HERE)
        return self.tab.page

    def watched(self) -> str:
        return "; ".join(self.tab.watch.faults())


@pytest.fixture(scope="module")
def tab(chromium: Browser) -> Iterator[Tab]:
    with chromium.new_context(viewport=ViewportSize(width=checks.USUAL, height=checks.HEIGHT)) as context:
        yield Tab.of(context, personal())


@pytest.fixture
def stage(tab: Tab) -> Iterator[Stage]:
    tab.forget()
    made = Stage(tab)
    tab.page.route("**/*", lambda route: made.serve(route) if at_home(route.request.url) else route.fallback())
    yield made
    tab.page.unroute_all()


def test_a_sound_page_has_no_faults(stage: Stage) -> None:
    assert checks.faults(stage.show()) == {}
    assert stage.watched() == ""


DEFECTS: dict[str, tuple[Callable[[Page], list[str]], str, str, str]] = {
    "a field without a label": (checks.axe, ' for="name"', "", "label"),
    "pale words": (checks.axe, "<p>Слова", '<p style="color: #aaa">Слова', "color-contrast"),
    "a small target": (
        *(checks.axe, WORDS, '<p style="font-size: 8px"><button style="all: unset">x</button>' * 2, "target-size"),
    ),
    "words outside of every landmark": (checks.axe, "</main>", "</main><p>Слова</p>", "region"),
    "no language": (checks.structure, ' lang="ru"', "", "Russian"),
    "another language": (checks.structure, 'lang="ru"', 'lang="en"', "Russian"),
    "a code among the words": (checks.structure, "Слова страницы", "Слова self_improvement", "self_improvement"),
    "no title": (checks.structure, "<title>Страница</title>", "", "no title"),
    "no landmark": (checks.structure, "<main ", "<div ", "jumped"),
    "a level left out": (checks.structure, "<h2>Форма</h2>", "<h3>Форма</h3>", "leave out"),
    "two first headings": (checks.structure, "<h2>Форма</h2>", "<h1>Форма</h1>", "first heading"),
    "no outline": (checks.focus, "</style>", "button:focus { outline: none !important }</style>", "no outline"),
    "a pale outline": (checks.focus, "#0b4f8a", "#dddddd", "hard to tell"),
    "a focus out of sight": (checks.focus, ".skip:focus { left: 0; }", "", "out of sight"),
    "an order of its own": (checks.focus, "<button>", '<button tabindex="1">', "and not 3"),
    "a keyboard's trap": (checks.focus, "<input", '<input onkeydown="return event.key != `Tab`"', "and not 3"),
    "no link to the content": (checks.skip_link, '<a class="skip" href="#main">К содержанию</a>', "", "first Tab"),
    "a link that leads nowhere": (checks.skip_link, ' tabindex="-1"', "", "leads to"),
    "a box wider than the window": (checks.zoom, "<p>Слова", '<p style="width: 700px">Слова', "at 640: the page"),
    "a box wider than half the window": (checks.zoom, "<p>Слова", '<p style="width: 400px">Слова', "at 320: the page"),
    "words cut off": (
        *(checks.zoom, "<body>", '<body style="overflow-x: hidden"><p style="width: 900px">Слова</p>', "right edge"),
    ),
    "a picture that shrinks": (
        *(
            checks.zoom,
            WORDS,
            '<svg viewBox="0 0 1280 99" width="100%"><text y="50">Слова</text></svg>',
            "at 640: Слова",
        ),
    ),
    "a word torn apart": (
        *(checks.zoom, "<p>Слова", '<p style="width: 4rem; overflow-wrap: anywhere">Подготовительный', "broken in two"),
    ),
    "words with no room to be spaced out": (
        *(checks.zoom, WORDS, f'<p style="white-space: nowrap; font-size: 16px">{"слово " * 6}</p>', "spaced out"),
    ),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_planted_defect_is_found(defect: str, stage: Stage) -> None:
    check, sound, broken, words = DEFECTS[defect]
    assert sound in SOUND
    stage.html = SOUND.replace(sound, broken)
    stage.headers = {}
    assert words in "; ".join(check(stage.show()))


UNWANTED = {
    "an image of others": (
        '<img alt="" src="https://outside.example/a.png">',
        "asks for https://outside.example/a.png",
    ),
    "a script against the policy": ("<script>document.title = 'x'</script>", "policy violated: script-src"),
    "an image that is not there": ('<img alt="" src="/none.png">', "the console says Failed to load resource"),
}


@pytest.mark.parametrize("what", UNWANTED)
def test_what_a_page_must_not_ask_for_is_noticed(what: str, stage: Stage) -> None:
    planted, words = UNWANTED[what]
    stage.html = SOUND.replace(WORDS, planted)
    stage.others = {"/none.png": {"status": 404}}
    stage.show()
    assert words in stage.watched()


def test_a_way_out_by_a_redirect_is_noticed_and_leads_nowhere(stage: Stage) -> None:
    stage.others = {"/page": {"status": 302, "headers": {"Location": "http://outside.example/"}}}
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        stage.show()
    stage.tab.page.wait_for_url("chrome-error://**")
    assert "asks for http://outside.example/" in stage.watched()


def test_a_script_that_fails_is_noticed(stage: Stage) -> None:
    stage.html, stage.headers = SOUND.replace(WORDS, "<script>throw Error('no')</script>"), {}
    stage.show()
    assert "a script failed" in stage.watched()


@pytest.mark.parametrize("told", ["email=a@b", "name=%D0%9B%D0%B5%D0%B1%D0%B5%D0%B4%D0%B5%D0%B2"])
def test_what_an_address_gives_away_is_noticed(told: str, stage: Stage) -> None:
    assert INVITED["family_name"] in personal()
    stage.show().goto(f"{HERE}?{told}")
    assert "stands in" in stage.watched()


def test_the_status_of_a_page_itself_is_no_complaint(stage: Stage) -> None:
    stage.others = {"/page": {"status": 401, "body": SOUND, "content_type": "text/html"}}
    stage.show()
    assert stage.tab.watch.complaints
    assert stage.watched() == ""
