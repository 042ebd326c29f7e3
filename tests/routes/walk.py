"""The main path over HTTP, stage by stage, as the people of a school walk it."""

from dataclasses import dataclass
from typing import Any

from tests.routes import path as p
from tests.routes.conftest import PLACE, Clock, Somebody

ACTIVITY = {
    "title": "Семинар «Критерии»",
    "kind": "seminar",
    "competencies": ["assessment"],
    "to_practice": True,
    "start": "2026-10-01",
    "end": "2026-10-02",
    "level": "municipal",
    "organiser": "Центр развития",
    "form": "доклад",
}
DESCRIPTION = {
    "content": "формирующее оценивание",
    "forms": "очно",
    "technologies": "кейсы",
    "pace": "раз в неделю",
    "hours": 72,
}


@dataclass
class Walk:
    anna: Somebody
    boris: Somebody
    director: Somebody
    methodist: Somebody
    centre: Somebody
    clock: Clock
    id: str = ""
    task: str = ""
    activity: str = ""

    def at(self, sub: str) -> str:
        return f"/routes/{self.id}/{sub}"

    async def opened(self) -> None:
        self.id = (await self.director.do("/routes", {"teacher_id": str(p.ANNA), **PLACE}))["id"]
        await self.director.do(self.at("invitation"))
        await self.anna.do(self.at("acceptance"), {})

    async def prepared(self) -> None:
        await self.director.do(self.at("tutor"), {"tutor_id": str(p.BORIS)})
        await self.anna.do(self.at("model"), {"model": "regional"})

    async def diagnosed(self) -> str:
        await self.anna.do(self.at("difficulties"), {"text": "дети не понимают отметок"})
        await self.anna.do(self.at("request"), {"text": "освоить формирующее оценивание"})
        deficit = {"competency": "assessment", "text": "не строит критерии", "source": "own_work"}
        return str((await self.boris.do(self.at("deficits"), deficit))["item_id"])

    async def planned(self, basis: str) -> None:
        task = {"text": "научиться составлять критерии", "bases": [basis], "competencies": ["assessment"]}
        self.task = (await self.anna.do(self.at("tasks"), task))["item_id"]
        await self.anna.do(self.at("description"), DESCRIPTION)
        await self.anna.do(self.at("term"), {"start": "2026-09-14", "end": "2027-05-31"})
        planned = ACTIVITY | {"tasks": [self.task]}
        self.activity = (await self.anna.do(self.at("activities"), planned))["item_id"]
        await self.anna.do(self.at("product-choice"), {"kind": "open_lesson", "title": "Урок с критериями"})
        presentation = {"form": "master_class", "title": "Мастер-класс", "level": "school"}
        days = {"start": "2027-05-10", "end": "2027-05-10"}
        await self.anna.do(self.at("presentation-choice"), presentation | days)

    async def started(self) -> None:
        await self.anna.do(self.at("submission"))
        await self.director.do(self.at("agreement"))
        await self.anna.do(self.at("start"), {"start": "2026-09-14"})

    async def done(self) -> None:
        self.clock.to(2026, 10, 3)
        result = {"done_on": "2026-10-02", "result": "выступила с докладом", "order": "приказ № 12"}
        await self.anna.do(self.at(f"activities/{self.activity}/completion"), result)
        await self.anna.do(self.at(f"activities/{self.activity}/reflection"), {"text": "критерии нужны до урока"})

    async def assessed(self) -> None:
        self.clock.to(2027, 5, 11)
        await self.anna.do(self.at("products"), {"title": "Урок", "link": "", "summary": "конспект и лист критериев"})
        await self.anna.do(self.at("presentation"), {"presented_on": "2027-05-10"})
        await self.centre.do(self.at("methodists"), {"methodist_id": str(p.METHODIST)})
        verdict = {"developed": True, "deficits_removed": True, "dynamics": True, "text": "уверенно"}
        await self.methodist.do(self.at("assessments"), verdict)

    async def concluded(self) -> None:
        await self.anna.do(self.at("reflection"), {"text": "получилось"})
        verdicts = [{"task": self.task, "achieved": True}]
        conclusion = {"verdicts": verdicts, "achieved": True, "bases": ["assessment"], "text": "задача достигнута"}
        await self.boris.do(self.at("conclusion"), conclusion)
        await self.director.do(self.at("conclusion-agreement"))

    async def whole(self) -> dict[str, Any]:
        await self.opened()
        await self.prepared()
        await self.planned(await self.diagnosed())
        await self.started()
        await self.done()
        await self.assessed()
        await self.concluded()
        return await self.boris.do(self.at("completion"), {})
