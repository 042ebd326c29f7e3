"""What people tells the service that prints route cards, as that service reads it."""

from uuid import UUID, uuid4

import pytest

from services.routes.people import PeopleDirectory, Teacher, TeacherUnnamed
from tests.people.test_api import HASH
from tests.problems import problem


@pytest.fixture
async def routes(directory_client):
    async with directory_client("routes") as client:
        yield PeopleDirectory(client)


async def test_2_5_the_information_section_is_told_to_the_service_that_prints_it(anna, routes):
    with pytest.raises(TeacherUnnamed):
        await routes.teacher(UUID(anna.id))  # no consent to the processing yet
    await anna.do(f"/persons/{anna.id}/consent", {"document_hash": HASH})
    found = await routes.teacher(UUID(anna.id))
    assert found == Teacher(
        name="Орлова Анна Дмитриевна", position="учитель математики", service_years=4, category="первая"
    )


async def test_2_5_nobody_else_reads_it_there(anna, admin, director, nobody):
    for person in (anna, admin, director):
        told = await problem(person.get(f"/directory/{anna.id}/information"), 404, "not-found")
        assert "Орлова" not in str(told)
    await problem(nobody.get(f"/directory/{anna.id}/information"), 401, "unauthenticated")


async def test_4_4_who_was_forgotten_or_never_known_has_no_name(anna, routes, app):
    with pytest.raises(TeacherUnnamed):
        await routes.teacher(uuid4())
    await anna.do(f"/persons/{anna.id}/consent", {"document_hash": HASH})
    await app.state.runtime.keys.destroy(UUID(anna.id))
    app.state.runtime.executor._states.clear()
    with pytest.raises(TeacherUnnamed):
        await routes.teacher(UUID(anna.id))
