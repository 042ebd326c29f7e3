"""Routes put together: the published policies, its one kind of streams, what it hears and its addresses."""

from collections.abc import Callable, Iterable
from datetime import datetime
from importlib.resources import files

from fastapi import APIRouter, FastAPI

from services.routes import api, applications, categories, consumers, policies, published, school_lists, texts
from services.routes.allowances import Allowances, allowances_router, vocabularies_router
from services.routes.assigning import Assigner
from services.routes.card_form import Form, read_form
from services.routes.cards import Cards, cards_router
from services.routes.deadlines import Deadlines
from services.routes.domain.policy import Policies
from services.routes.monitoring import Monitoring, monitoring_router
from services.routes.navigator import Navigator, navigator_router
from services.routes.papers import Archive, papers_router
from services.routes.people import PeopleDirectory
from services.routes.settings import RoutesSettings
from services.routes.themes import Themes, themes_router
from services.routes.vocabularies import Vocabularies, read_vocabularies
from shared.runtime import Runtime, create_service, now


def routers(runtime: Runtime, published_policies: Policies, words: Vocabularies, form: Form) -> Iterable[APIRouter]:
    store, executor, zone = runtime.store, runtime.executor, published_policies.zone
    of_routes = categories.routes(published_policies)
    themes, allowances = Themes(store, executor, zone), Allowances(executor, published_policies)
    navigator = Navigator(store, executor, themes, words, runtime.clock, zone)
    desk = api.Desk(store, executor, of_routes, published_policies, words, themes, allowances, navigator)
    lists = school_lists.SchoolLists(store, executor, categories.lists(published_policies), published_policies, themes)
    asking = applications.ConsolidatedApplications(
        store,
        executor,
        categories.applications(published_policies),
        categories.supports(published_policies),
        published_policies,
        lists,
    )
    cards = Cards(store, executor, of_routes, lambda: PeopleDirectory(runtime.people), form, zone)
    archive = Archive(store, executor, categories.papers(published_policies), published_policies)
    return [
        api.reading_router(desk),
        api.commands_router(desk),
        themes_router(themes),
        navigator_router(navigator),
        allowances_router(allowances),
        vocabularies_router(runtime, words, zone),
        papers_router(archive),
        school_lists.reading_router(lists),
        school_lists.commands_router(lists),
        applications.reading_router(asking),
        applications.commands_router(asking),
        applications.centre_router(asking),
        cards_router(cards),
        monitoring_router(Monitoring(store, published_policies)),
    ]


def build(settings: RoutesSettings, clock: Callable[[], datetime] = now) -> FastAPI:
    """Raises ValueError when a policy, a vocabulary or the form of the route card cannot be read."""
    published_policies = policies.read_policies(settings.policies, settings.time_zone)
    words, form = read_vocabularies(settings.vocabularies), read_form(settings.card)
    category = categories.routes(published_policies)

    async def deadlines(runtime: Runtime) -> None:
        seconds = settings.deadline_seconds
        await Deadlines(runtime.store, runtime.executor, category, published_policies, runtime.clock, seconds).run()

    async def assigning(runtime: Runtime) -> None:
        supports, seconds = categories.supports(published_policies), settings.assigning_seconds
        store, executor, clock = runtime.store, runtime.executor, runtime.clock
        assigner = Assigner(store, executor, category, supports, published_policies, clock, seconds)
        await assigner.run(runtime.sequencer)

    return create_service(
        "routes",
        settings,
        categories=categories.every(published_policies),
        schema=files("services.routes").joinpath("schema.sql").read_text(),
        publish=published.publish,
        hearings=consumers.hearings(category),
        routers=lambda runtime: routers(runtime, published_policies, words, form),
        texts=texts.REFUSALS,
        fields=texts.FIELDS,
        background=[deadlines, assigning],
        clock=clock,
    )
