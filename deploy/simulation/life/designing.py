"""Stage 3: tasks, activities, dates, the product; suggestions; the school's agreement."""

from datetime import timedelta

from deploy.simulation.life import texts
from deploy.simulation.life.story import Story, leaves
from deploy.simulation.steps import Part, Stage, Wait
from services.routes.domain.calendar import add_months

LEAST_DAYS = 20  # between planning and the first activity


def design(story: Story) -> Stage:
    """Whether there is an agreed plan."""
    yield Wait(story.fate.between(1, 10, "until the design"))
    yield from goal(story)
    yield from frame(story)
    yield from activities(story)
    yield from outcome(story)
    yield from discussed(story)
    if (yield from leaves(story, "design")):
        return False
    yield Wait(story.fate.between(1, 10, "until the submission"))
    yield from agreed(story)
    return True


def goal(story: Story) -> Part:
    fate = story.fate
    if story.regional and story.errs("task by the tutor"):
        yield story.by(story.tutor, "tasks", refused="only-tutee-decides", text=texts.TASKS[0], bases=story.bases[:1])
    if story.errs("task without basis"):
        yield story.mine("tasks", refused="basis-missing", text=texts.TASKS[0], bases=[])
    for n in range(fate.between(2, 3, "tasks")):
        # p. 3.2.2: in the school model tutor and teacher draft together
        who = story.me if story.regional or n else story.tutor
        basis, competency = story.bases[n % len(story.bases)], fate.one_of(texts.COMPETENCIES, f"of task {n}")
        task = yield story.by(who, "tasks", text=texts.TASKS[n], bases=[basis], competencies=[competency])
        story.tasks.append(task["item_id"])


def frame(story: Story) -> Part:
    fate, start = story.fate, story.today
    hours = fate.between(4, 36, "hours") * 4
    yield story.mine("description", **texts.DESCRIPTION, hours=hours, final_diagnostics=story.ending != "product")
    if story.errs("term of two years"):
        too_long = add_months(start, 24).isoformat()
        yield story.mine("term", refused="term-too-long", start=start.isoformat(), end=too_long)
    story.end = add_months(start, int(fate.pick("months")))
    yield story.mine("term", start=start.isoformat(), end=story.end.isoformat())


def activities(story: Story) -> Part:
    fate, today = story.fate, story.today
    room = (story.end - today).days - 2 * LEAST_DAYS
    many = fate.between(3, 9, "activities")
    for n in range(many):
        first = today + timedelta(days=LEAST_DAYS + room * n // many)
        last = first + timedelta(days=fate.between(0, 5, f"length {n}"))
        planned = yield story.mine(
            "activities",
            title=fate.one_of(texts.ACTIVITIES, f"title {n}"),
            kind=fate.one_of(texts.KINDS, f"kind {n}"),
            tasks=[story.tasks[n % len(story.tasks)]],
            competencies=[fate.one_of(texts.COMPETENCIES, f"of activity {n}")],
            to_practice=n % 2 == 0,
            start=first.isoformat(),
            end=last.isoformat(),
            level=fate.one_of(texts.LEVELS, f"level {n}"),
            organiser="Муниципальная методическая служба",
            form="Очно",
            mentoring=fate.one_of(texts.MENTORING, f"mentoring {n}"),
            expected="Памятка для коллег",
        )
        story.planned.append((last, planned["item_id"]))


def outcome(story: Story) -> Part:
    fate = story.fate
    if story.ending == "diagnostics":
        return
    title = "Урок, на котором критерии придумывает класс"
    yield story.mine("product-choice", kind=fate.one_of(texts.PRODUCTS, "product"), title=title)
    yield story.mine(
        "presentation-choice",
        form=fate.one_of(texts.PRESENTATIONS, "presentation"),
        title="Мастер-класс для коллег",
        level=fate.one_of(texts.LEVELS, "level of presentation"),
        start=story.end.isoformat(),
        end=story.end.isoformat(),
    )


def discussed(story: Story) -> Part:
    """p. 1.5: everybody else makes a suggestion, which the teacher accepts or declines."""
    fate, school = story.fate, story.school
    if fate.has("suggestion"):
        who = story.methodist or school.coordinator
        made = yield story.by(who, "suggestions", subject="content", text="Добавьте взаимное посещение уроков.")
        yield Wait(fate.between(0, 4, "until the answer to it"))
        yield story.mine(f"suggestions/{made['item_id']}/answer", accepted=fate.has("suggestion_accepted"))
    if fate.has("reported"):
        start, end = story.end - timedelta(days=10), story.end
        report = yield story.by(
            school.director,
            "reports",
            title="Отчёт на педагогическом совете",
            start=start.isoformat(),
            end=end.isoformat(),
        )
        if story.errs("own report"):
            yield story.by(school.director, f"reports/{report['item_id']}/agreement", refused="own-proposal")
        yield story.mine(f"reports/{report['item_id']}/agreement")


def agreed(story: Story) -> Part:
    fate, school = story.fate, story.school
    if story.errs("agreed unsubmitted"):
        yield story.by(school.director, "agreement", refused="not-submitted")
    yield story.mine("submission")
    yield Wait(fate.between(1, 7, "until the school answers"))
    if fate.has("returned"):
        yield story.by(school.director, "return", reason="Мало практики: добавьте занятия в своём классе.")
        yield Wait(fate.between(1, 7, "until the second submission"))
        yield story.mine("description", **texts.DESCRIPTION, hours=72, final_diagnostics=story.ending != "product")
        yield story.mine("submission")
        yield Wait(fate.between(1, 5, "until the second answer"))
    if story.errs("start unagreed"):
        yield story.mine("start", refused="not-agreed")
    yield story.by(school.director, "agreement")
