"""`make docs`: the pages that are made of the code, so that they cannot say anything else than it does."""

from collections.abc import Iterable

from docs.rights import RulesOf, Stated, rules
from docs.trace import DOCS, Traced, clauses, trace
from services.routes.access import PARTS, READERS
from services.routes.domain.route.decider import RULES
from services.routes.policies import PUBLISHED, read_policies
from shared.http.tokens import ROLES

SCOPES = {
    "tutee": "свои маршруты",
    "tutor": "маршруты, где назван тьютором (в региональной модели — с согласием)",
    "methodist": "маршруты, на которые назначен",
    "school_administrator": "своя школа",
    "school_coordinator": "своя школа",
    "school_curator": "своя школа",
    "municipal_coordinator": "свой муниципалитет",
    "regional_centre": "регион",
    "auditor": "регион или муниципалитет, только чтение",
}
SERVICES_TITLES = {
    "routes": "Маршруты",
    "diagnostics": "Диагностика",
    "people": "Люди и организации",
    "certificates": "Сертификаты",
    "notifications": "Уведомления",
}


def regulation() -> str:
    """Every clause and every duty with what stands behind it, and then its tests by name."""
    found = trace()
    lines = [
        "# Положение в программе",
        "",
        "Страница сделана командой `make docs` из кода: для каждого пункта — команды, факты, отказы и проверки.",
        "Функции п. 2.8 пронумерованы в том порядке, в каком они названы: 2.8.3.2 — вторая функция школы.",
        "",
        "| Пункт | О чём | Команды | Факты | Отказы | Проверки |",
        "|---|---|---|---|---|---|",
    ]
    for clause, about in clauses().items():
        behind = found.get(clause, Traced())
        cells = [listed(behind.commands), listed(behind.facts), listed(behind.refusals), str(len(behind.tests) or "")]
        lines.append(f"| {clause} | {about['title']}{remark(about, behind)} | {' | '.join(cells)} |")
    lines += ["", "## Проверки по пунктам", ""]
    for clause in clauses():
        if tests := found.get(clause, Traced()).tests:
            lines.append(f"- **{clause}**: {listed(tests)}")
    return "\n".join(lines) + "\n"


def remark(about: dict[str, str], behind: Traced) -> str:
    """Why nothing stands behind a clause, or only a part of it."""
    if "covered" in about:
        return f" (см. {about['covered']})"
    if "note" in about:
        return f" ({about['note']})"
    return f" (ещё не здесь: {about['until']})" if "until" in about and not behind.tests else ""


def listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


def roles() -> str:
    """Every command of every service with who may give it, and every role with its scope."""
    return "\n".join([*of_routes(), *others()]) + "\n"


def of_routes() -> list[str]:
    policy = read_policies(PUBLISHED, "UTC").versions[-1]
    columns = sorted(PARTS) + sorted(ROLES - PARTS - {"teacher", "administrator", "subscriber"})
    lines = [
        "# Кто что может",
        "",
        f"Страница сделана командой `make docs` из кода и политики версии {policy.version}. Вне своей области человек",
        "получает «не найдено»: о чужом маршруте он не узнаёт.",
        "",
        "## Маршрут",
        "",
        "| Роль | Область | Читает |",
        "|---|---|---|",
        *(f"| `{role}` | {SCOPES[role]} | {'да' if role in READERS | PARTS else 'нет'} |" for role in columns),
        "",
        f"| Команда | Пункт | Функции | {' | '.join(f'`{role}`' for role in columns)} |",
        "|---" * (len(columns) + 3) + "|",
    ]
    for command, rule in RULES.items():
        marks = ["+" if role in rule.who(policy) else "" for role in columns]
        if any(marks):
            cells = [f"`{command.__name__}`", rule.clause, ", ".join(rule.functions), *marks]
            lines.append(f"| {' | '.join(cells)} |")
    return [*lines, "", "План маршрута тьютор пишет только в школьной модели, вместе с тьюторантом (пп. 1.5, 3.2.2)."]


def others() -> list[str]:
    """The commands beside the route's, one table a service."""
    lines: list[str] = []
    beside = [each for each in rules() if (each.service, each.aggregate) != ("routes", "route")]
    for service in dict.fromkeys(each.service for each in beside):
        title = SERVICES_TITLES.get(service, service)
        lines += ["", f"## {title}{': остальное' if service == 'routes' else ''}", ""]
        lines += ["| Поток | Команда | Пункт | Функции | Кто |", "|---|---|---|---|---|"]
        lines += [row(each, stated) for each in beside if each.service == service for stated in each.stated]
    return lines


def row(of: RulesOf, stated: Stated) -> str:
    who = listed(stated.who - {"service"}) or "сама система"
    cells = [f"`{of.aggregate}`", f"`{stated.command}`", stated.clause or "—", ", ".join(stated.functions), who]
    return f"| {' | '.join(cells)} |"


PAGES = {"regulation.md": regulation, "roles.md": roles}


def main() -> None:
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
