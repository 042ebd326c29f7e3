"""Which models a school may use, and the region's words, over HTTP (pp. 2.8.1, 2.8.2)."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from services.routes.categories import ALLOWANCES
from services.routes.domain.allowance import RULES, Allowance, AllowModels, Side, allowance_id
from services.routes.domain.calendar import local_day
from services.routes.domain.policy import Policies
from services.routes.domain.route.records import Model
from services.routes.fields import Code
from services.routes.responses import shown
from services.routes.vocabularies import Vocabularies
from shared.http.commands import Wanted, answer, caller, wanted
from shared.http.problems import Forbidden, NotFound
from shared.http.tokens import Person
from shared.runtime import Runtime
from shared.store.execute import Executor, Outcome

Caller = Annotated[Person, Depends(caller)]
Envelope = Annotated[Wanted, Depends(wanted)]
COORDINATING = "municipal_coordinator"


class AllowedModels(BaseModel):
    model_config = ConfigDict(extra="forbid")

    municipality: Code
    school: Code
    models: Annotated[tuple[Model, ...], Field(min_length=1, max_length=10)]


class Allowances:
    """What each school's two sides allow."""

    def __init__(self, executor: Executor, policies: Policies) -> None:
        self._executor = executor
        self._policies = policies

    async def allow(self, body: AllowedModels, envelope: Wanted) -> Outcome[Allowance]:
        policy = self._policies.at(envelope.at)
        grant = envelope.person.role_at(RULES[AllowModels].who(policy), body.municipality, body.school)
        if grant is None:
            raise Forbidden
        side: Side = "coordinator" if grant.role == COORDINATING else "school"
        models = frozenset(body.models)
        command = AllowModels(
            municipality=body.municipality, school=body.school, side=side, models=models, at=envelope.at
        )
        return await self._executor.execute(
            ALLOWANCES,
            allowance_id(body.municipality, body.school),
            command,
            envelope.context(command, grant, policy=policy.version),
            expected=envelope.expected,
            receipt=envelope.receipt,
        )

    async def of(self, municipality: str, school: str) -> Allowance:
        state, _ = await self._executor.state(ALLOWANCES, allowance_id(municipality, school))
        return state


def allowances_router(allowances: Allowances) -> APIRouter:
    router = APIRouter(tags=["models"])

    @router.post("/allowed-models", status_code=201)
    async def allow(body: AllowedModels, envelope: Envelope, response: Response) -> dict[str, Any]:
        """The coordinator's or the school's part of the choice; what both allow may be chosen on a route."""
        return answer(await allowances.allow(body, envelope), response, 201)

    @router.get("/allowed-models")
    async def allowed(_: Caller, municipality: Code, school: Code) -> dict[str, Any]:
        state = await allowances.of(municipality, school)
        by_side = {side: sorted(models) for side, models in state.by_side.items()}
        return {"models": sorted(state.models), "by_side": by_side}

    return router


def vocabularies_router(runtime: Runtime, vocabularies: Vocabularies, zone: str) -> APIRouter:
    router = APIRouter(tags=["vocabularies"])

    @router.get("/vocabulary")
    async def in_force(_: Caller) -> dict[str, Any]:
        """The region's words as they are in force today: levels, forms, kinds, competencies, tags, models."""
        told: dict[str, Any] = shown(vocabularies.on(local_day(runtime.clock(), zone)))
        return told

    @router.get("/vocabularies/{version}")
    async def published(version: Code, _: Caller) -> dict[str, Any]:
        found = vocabularies.version(version)
        if found is None:
            raise NotFound
        told: dict[str, Any] = shown(found)
        return told

    return router
