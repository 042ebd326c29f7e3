"""Two schools, their municipality and the regional centre, and what they do about lists and applications."""

from dataclasses import dataclass
from uuid import UUID

from tests.routes.conftest import Somebody

SECOND = {"municipality": "m-ust", "school": "s-012"}
GROUND = {"ground": "дефицит в оценивании"}


def teacher(person: UUID, **more: str) -> dict[str, str]:
    return {"teacher_id": str(person)} | GROUND | more


@dataclass
class Town:
    """Two schools of one municipality; what they do, each in one line."""

    director: Somebody
    curator: Somebody
    second: Somebody
    coordinator: Somebody
    centre: Somebody
    application: str = ""

    async def list_of(self, school: Somebody, place: dict[str, str], *persons: UUID, campaign: int = 1) -> str:
        id: str = (await school.do("/school-lists", place | {"year": 2026, "campaign": campaign}))["id"]
        for person in persons:
            await school.do(f"/school-lists/{id}/teachers", teacher(person))
        return id

    async def submitted(self, school: Somebody, place: dict[str, str], *persons: UUID) -> str:
        id = await self.list_of(school, place, *persons)
        await school.do(f"/school-lists/{id}/submission")
        return id

    async def formed(self) -> str:
        wish = {"municipality": "m-ust", "year": 2026, "number": 1}
        self.application = (await self.coordinator.do("/applications", wish))["id"]
        return self.application

    def at(self, sub: str) -> str:
        return f"/applications/{self.application}/{sub}"

    async def included(self, *lists: str) -> None:
        await self.formed()
        for id in lists:
            await self.coordinator.do(self.at("lists"), {"list_id": id})

    async def sent(self, *lists: str) -> None:
        await self.included(*lists)
        await self.coordinator.do(self.at("submission"))

    async def accepted(self, *lists: str) -> None:
        await self.sent(*lists)
        await self.centre.do(self.at("acceptance"))
