"""Tracks of the regional centre and priority directions of a municipality, and the routes that refer to them."""

from datetime import UTC, datetime

from services.routes.domain import priority as pr
from services.routes.domain import track as t
from tests.problems import problem
from tests.routes import path as p
from tests.routes.conftest import PLACE
from tests.story import Story

NOW = datetime(2026, 9, 14, 5, 30, tzinfo=UTC)
PUBLISH = t.PublishTrack(code="assessment", title="Оценивание", at=NOW)
PUBLISHED = t.TrackPublished(code="assessment", title="Оценивание", at=NOW)
TRACK, PRIORITY = Story(t.track), Story(pr.priority)
DIRECTION = pr.Direction(code="literacy", title="Функциональная грамотность")
SET = pr.SetPriorities(municipality="m-ust", year=2026, directions=(DIRECTION,), basis="приказ № 1", at=NOW)


def test_3_1_5_a_track_is_published_once_and_closed():
    TRACK.when(PUBLISH).then(PUBLISHED)
    TRACK.given(PUBLISHED).when(PUBLISH).then()
    TRACK.given(PUBLISHED).when(p.but(PUBLISH, title="Иначе")).refused(t.TrackPublishedOtherwise)
    closed = t.TrackClosed(at=NOW)
    TRACK.given(PUBLISHED).when(t.CloseTrack(at=NOW)).then(closed)
    TRACK.given(PUBLISHED, closed).when(t.CloseTrack(at=NOW)).then()
    TRACK.given(PUBLISHED, closed).when(PUBLISH).refused(t.TrackPublishedOtherwise)
    TRACK.when(t.CloseTrack(at=NOW)).refused(t.TrackUnavailable)


def test_1_7_priorities_are_set_for_a_year_and_may_be_set_anew():
    (told,) = pr.decide(SET, pr.Unset())
    PRIORITY.when(SET).then(told)
    PRIORITY.given(told).when(SET).then()
    other = p.but(SET, basis="приказ № 2")
    assert PRIORITY.given(told).when(other)._outcome()[0].basis == "приказ № 2"
    PRIORITY.when(p.but(SET, directions=(DIRECTION, DIRECTION))).refused(pr.DirectionTwice)


async def test_3_1_5_a_route_joins_an_open_track_only(walk, centre):
    await walk.opened()
    await walk.director.do(walk.at("tutor"), {"tutor_id": str(p.BORIS)})
    model = {"model": "regional", "track": "assessment"}
    body = await problem(walk.anna.post(walk.at("model"), model), 409, "track-unavailable")
    assert body["clause"] == "3.1.5"
    await centre.do("/tracks", {"code": "assessment", "title": "Оценивание"})
    await walk.anna.do(walk.at("model"), model)
    assert (await walk.anna.see(f"/routes/{walk.id}"))["track"] == "assessment"
    await centre.do("/tracks", {"code": "late", "title": "Опоздавший"})
    await centre.do("/tracks/late/closing", {})
    await problem(walk.anna.post(walk.at("model"), model | {"track": "late"}), 409, "track-unavailable")
    tracks = (await walk.anna.see("/tracks"))["items"]
    assert [(each["code"], each["closed"]) for each in tracks] == [("assessment", False), ("late", True)]


async def test_1_7_a_route_names_a_direction_of_its_municipality_and_year(anna, coordinator):
    wanted = PLACE | {"priority": "literacy"}
    await problem(anna.post("/routes", wanted), 409, "direction-unknown")
    year = {"municipality": "m-ust", "year": 2026, "basis": "приказ № 1"}
    directions = {"directions": [{"code": "literacy", "title": "Функциональная грамотность"}]}
    await coordinator.do("/priorities", year | directions)
    opened = await anna.do("/routes", wanted)
    assert (await anna.see(f"/routes/{opened['id']}"))["priority"] == "literacy"
    await coordinator.do("/priorities", year | {"directions": [{"code": "digital", "title": "Цифровая среда"}]})
    items = (await anna.see("/priorities?municipality=m-ust&year=2026"))["items"]
    assert [each["code"] for each in items] == ["digital"]
    await problem(anna.post("/routes", wanted), 409, "direction-unknown")


async def test_2_8_themes_are_set_by_those_who_may(anna, centre, coordinator, somebody):
    track = {"code": "x", "title": "x"}
    for stranger in (anna, coordinator, somebody(p.OTHER, "regional_centre", municipality="m-ust")):
        await problem(stranger.post("/tracks", track), 403, "forbidden")
    wish = {"municipality": "m-ust", "year": 2026, "basis": "б", "directions": [track]}
    foreign = somebody(p.OTHER, "municipal_coordinator", municipality="m-other")
    for stranger in (anna, centre, foreign):
        await problem(stranger.post("/priorities", wish), 403, "forbidden")
    twice = wish | {"directions": [track, track]}
    await problem(coordinator.post("/priorities", twice), 409, "direction-twice")
    assert await codes(anna) == ([], [])


async def codes(reader):
    """Of every track, and of every direction of the municipality's year."""
    paths = ("/tracks", "/priorities?municipality=m-ust&year=2026")
    return tuple([[each["code"] for each in (await reader.see(path))["items"]] for path in paths])


async def test_a_title_with_control_characters_is_refused_before_it_is_stored(centre, coordinator):
    for title in ("Трек\x00", "Трек\x1b[2J", "Тр\u2028ек"):
        await problem(centre.post("/tracks", {"code": "x", "title": title}), 422, "invalid-request")
        direction = {"directions": [{"code": "x", "title": title}], "basis": "приказ № 1"}
        year = {"municipality": "m-ust", "year": 2026}
        await problem(coordinator.post("/priorities", year | direction), 422, "invalid-request")
    assert await codes(coordinator) == ([], [])
    odd = "Трек \u202eномер\u202c 👩‍🏫\u200b"
    await centre.do("/tracks", {"code": "x", "title": odd})
    assert [each["title"] for each in (await centre.see("/tracks"))["items"]] == [odd]
