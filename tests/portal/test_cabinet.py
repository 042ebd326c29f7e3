"""The cabinet, shown from what routes, certificates and notifications really answer."""

import json
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.portal import texts
from services.portal.timeline import Event, draw
from services.routes import responses
from services.routes.categories import routes
from services.routes.domain.route.state import STATUS
from services.routes.domain.route.view import view
from shared.store.execute import Executor
from shared.store.memory import MemoryStore
from shared.store.types import Context
from tests.portal.suite import TOKEN, Browser, Services
from tests.portal.test_web import check_readable
from tests.routes import path as p

ROUTE = UUID(int=77)
CERTIFICATE = UUID(int=78)


async def walked(commands: Any) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """A route after these commands: itself, its history and its row, as the service tells them."""
    category = routes(p.POLICIES)
    executor = Executor(MemoryStore([category]))
    for command in commands:
        context = Context(
            actor=command.by.person,
            role=command.by.role,
            scope="own",
            command=uuid4(),
            command_name=type(command).__name__,
            causation=None,
            correlation="",
            occurred_at=command.at,
        )
        await executor.execute(category, ROUTE, command, context)
    state, version = await executor.state(category, ROUTE)
    history = responses.timeline(await executor.history(category, ROUTE))
    row, *_ = view(ROUTE, version, state)
    told = responses.route_shown(ROUTE, version, state)  # type: ignore[arg-type]
    listed = {"opened_at": None, "planned_end": None} | responses.row_shown(row.values)
    return json.loads(json.dumps(told)), history, json.loads(json.dumps(listed))


async def cabinet(services: Services, browser: Browser, commands: Any) -> None:
    told, history, row = await walked(commands)
    services.answers |= {
        "routes /routes": httpx.Response(200, json={"items": [row], "next": None}),
        f"routes /routes/{ROUTE}": httpx.Response(200, json=told),
        f"routes /routes/{ROUTE}/timeline": httpx.Response(200, json=history),
        "certificates /certificates": httpx.Response(200, json={"items": [], "next": None}),
    }
    browser.client.cookies.set("iom_token", TOKEN, domain="portal.test", path="/")


PHASES = [p.OPENED[:1], p.OPENED, p.DIAGNOSED, p.PLANNED, p.SUBMITTED, p.STARTED, p.ASSESSED, p.DRAFTED, p.COMPLETED]


@pytest.mark.parametrize("commands", PHASES, ids=len)
async def test_every_phase_can_be_read_by_everybody(commands: Any, services: Services, browser: Browser) -> None:
    await cabinet(services, browser, commands)
    for path in ("/", f"/routes/{ROUTE}"):
        page = await browser.open(path)
        assert page.status == 200
        check_readable(page)
        assert texts.TEXT["next_step"] in page.text


async def test_a_completed_route_shows_its_sections_and_history(services: Services, browser: Browser) -> None:
    await cabinet(services, browser, p.COMPLETED)
    page = await browser.open(f"/routes/{ROUTE}")
    for words in ("научиться составлять критерии", "Семинар «Критерии»", "критерии нужны до урока", "базовый"):
        assert words in page.text
    for words in ("Школа согласовала маршрут", "(п. 2.8.3)", "Маршрут завершён", "задача достигнута"):
        assert words in page.text
    assert page.tags.count("svg") == 1
    assert page.tags.count("circle") > 5


async def test_a_stage_is_marked_as_the_current_one(services: Services, browser: Browser) -> None:
    await cabinet(services, browser, p.STARTED)
    page = await browser.open(f"/routes/{ROUTE}")
    assert [each.get("aria-current") for each in page.all("li")].count("step") == 1
    assert texts.STATUS["running"][1] in page.text


async def test_a_route_on_hold_asks_for_the_consent(services: Services, browser: Browser) -> None:
    await cabinet(services, browser, (*p.STARTED, p.withdraw_consent))
    assert texts.ON_HOLD[1] in (await browser.open(f"/routes/{ROUTE}")).text


async def test_what_people_write_is_never_markup(services: Services, browser: Browser) -> None:
    evil = p.but(p.set_task, text="<script>alert(1)</script>")
    await cabinet(services, browser, (*p.DIAGNOSED, evil))
    page = await browser.open(f"/routes/{ROUTE}")
    assert "script" not in page.tags
    assert "<script>alert(1)</script>" in page.text


async def test_levels_are_told_by_diagnostics_and_competencies_by_their_names(
    services: Services, browser: Browser
) -> None:
    told, _, _ = await walked(p.PLANNED)
    await cabinet(services, browser, p.PLANNED)
    known = {"competency": "communicative", "level": "базовый"}
    unknown = {"competency": "assessment", "level": "повышенный"}
    told["diagnostic"]["results"] = [
        {"purpose": "initial", "levels": [known]},
        {"purpose": "final", "levels": [unknown]},
    ]
    services.answers[f"routes /routes/{ROUTE}"] = httpx.Response(200, json=told)
    page = await browser.open(f"/routes/{ROUTE}")
    assert "Уровни по начальной диагностике Коммуникативная компетенция: базовый" in page.text
    assert "Уровни по итоговой диагностике assessment: повышенный" in page.text


async def test_a_forgotten_text_is_said_to_be_forgotten(services: Services, browser: Browser) -> None:
    told, _, _ = await walked(p.PLANNED)
    await cabinet(services, browser, p.PLANNED)
    told["goal"][0]["text"] = None
    services.answers[f"routes /routes/{ROUTE}"] = httpx.Response(200, json=told)
    assert texts.FORGOTTEN in (await browser.open(f"/routes/{ROUTE}")).text


def issued(status: str = "issued") -> dict[str, Any]:
    return {
        "id": str(CERTIFICATE),
        "status": status,
        "number": "38-2027-000001-5",
        "issued_on": "2027-05-31",
        "pdf": f"/certificates/{CERTIFICATE}/pdf",
        "verification": "https://iom.example/verify/abc",
    }


async def test_the_certificate_can_be_fetched_and_checked(services: Services, browser: Browser) -> None:
    await cabinet(services, browser, p.COMPLETED)
    services.answers |= {
        "certificates /certificates": httpx.Response(200, json={"items": [issued()], "next": None}),
        f"certificates /certificates/{CERTIFICATE}/pdf": httpx.Response(
            200, content=b"%PDF-1.7", headers={"Content-Type": "application/pdf"}
        ),
    }
    page = await browser.open(f"/routes/{ROUTE}")
    links = [each["href"] for each in page.all("a")]
    assert f"/certificates/{CERTIFICATE}" in links
    assert "https://iom.example/verify/abc" in links
    assert "38-2027-000001-5" in page.text
    file = await browser.client.get(f"/certificates/{CERTIFICATE}")
    assert (file.content, file.headers["content-type"]) == (b"%PDF-1.7", "application/pdf")


async def test_a_part_that_is_away_leaves_the_rest_readable(services: Services, browser: Browser) -> None:
    await cabinet(services, browser, p.COMPLETED)
    services.away.add("certificates")
    page = await browser.open(f"/routes/{ROUTE}")
    assert page.status == 200
    assert texts.AWAY.format(part=texts.PARTS["certificates"]) in page.text
    services.away.add("routes")
    assert (await browser.open("/")).status == 503
    assert (await browser.open(f"/routes/{ROUTE}")).status == 503


async def test_a_strangers_route_is_not_there(services: Services, browser: Browser) -> None:
    await cabinet(services, browser, p.COMPLETED)
    assert (await browser.open(f"/routes/{UUID(int=1)}")).status == 404
    assert (await browser.open("/routes/not-an-id")).status == 404


async def test_notices_are_shown_page_by_page(services: Services, browser: Browser) -> None:
    browser.client.cookies.set("iom_token", TOKEN, domain="portal.test", path="/")
    told = {
        "title": "Маршрут согласован",
        "text": "Школа согласовала маршрут.\n\nНачните его.",
        "planned_at": "2026-09-14T20:30:00+00:00",
        "status_text": "отправлено",
    }
    services.answers["notifications /notices"] = httpx.Response(200, json={"items": [told], "next": "a=="})
    page = await browser.open("/notices")
    check_readable(page)
    assert "15 сентября 2026 г., 04:30" in page.text
    assert "/notices?after=a%3D%3D" in [each["href"] for each in page.all("a")]


def test_every_status_of_a_route_has_its_words() -> None:
    known = {"nominated", "invited", "declined", "opened", "diagnosing", "designing", "returned", "conclusion_returned"}
    assert set(texts.STATUS) == known | set(STATUS.values())


def test_the_picture_keeps_the_numbers_of_the_list_apart() -> None:
    events = [Event(number=n, on=date(2026, 9, 14), label=str(n)) for n in (2, 5, 9)]
    picture = draw(events, datetime(2026, 9, 20, tzinfo=UTC).date(), date(2027, 5, 31))
    assert picture is not None
    assert [mark.number for mark in picture.marks] == [2, 5, 9]
    assert len({mark.y for mark in picture.marks}) == 3
    crowd = draw([Event(number=n, on=date(2026, 9, 14), label=str(n)) for n in range(14)], date(2026, 9, 20), None)
    assert crowd is not None
    assert len({(mark.x, mark.y) for mark in crowd.marks}) == 14
    assert len({mark.day for mark in crowd.marks}) == 1
    assert draw([], date(2026, 9, 20), None) is None
