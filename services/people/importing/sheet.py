"""The plain form: one table, a row for each worker with their school and municipality, as XLSX or CSV."""

from typing import Final

from services.people.domain.person.facts import MUNICIPAL_ROLES, SCHOOL_ROLES
from services.people.importing.cells import Reader, read_details
from services.people.importing.roster import Fault, ImportRejected, Place, Role, Roster, Where, Worker
from services.people.importing.tables import Row, Table

COLUMNS: Final = {
    "municipality_code": "Код муниципалитета",
    "municipality": "Муниципалитет",
    "school_code": "Код школы",
    "school": "Школа",
    "family_name": "Фамилия",
    "given_name": "Имя",
    "patronymic": "Отчество",
    "email": "Электронная почта",
    "phone": "Телефон",
    "position": "Должность",
    "service_years": "Стаж, лет",
    "category": "Категория",
    "attestation": "Аттестация (ГГГГ-ММ)",
    "roles": "Роли",
    "key": "Код работника",
}
NEEDED: Final = ("municipality_code", "school_code", "family_name", "given_name", "email")
OF_A_PERSON: Final = tuple(COLUMNS)[4:]
ROLES: Final = {
    "педагог": "teacher",
    "учитель": "teacher",
    "тьютор": "tutor",
    "руководитель школы": "school_administrator",
    "школьный координатор": "school_coordinator",
    "школьный куратор": "school_curator",
    "муниципальный координатор": "municipal_coordinator",
    "региональный методист": "methodist",
}
UNKNOWN_ROLE: Final = "Такой роли нет. Возможные роли: " + ", ".join(ROLES) + "."


def roster_of(table: Table) -> Roster:
    """Raises ImportRejected when a column is missing; single rows that are wrong become faults."""
    lines = {" ".join(name.split()).casefold(): name for name in table.headings}
    names = {ours: lines.get(said.casefold(), "") for ours, said in COLUMNS.items()}
    missing = [COLUMNS[ours] for ours in NEEDED if not names[ours]]
    if missing:
        raise ImportRejected([Fault(table.name, 1, name, "Такого столбца нет: возьмите шаблон.") for name in missing])
    roster = Roster(columns={ours: names[ours] or said for ours, said in COLUMNS.items()})
    for row in table.rows:
        read_row(row, table.at(row), roster)
    return roster


def read_row(row: Row, where: Where, roster: Roster) -> None:
    before = len(roster.faults)
    cells = Reader(row.cells, where, roster.faults, lambda ours: roster.columns.get(ours, ""))
    municipality, school = read_places(cells, where, roster)
    if not any(cells.raw(column) for column in OF_A_PERSON):
        if municipality is None and len(roster.faults) == before:
            cells.wrong("municipality_code", "Заполните код муниципалитета.")
        return  # a row for a school or a municipality alone
    details = read_details(cells)
    roles = read_roles(cells, municipality, school)
    key = cells.get("key")
    if len(roster.faults) == before:
        worker = Worker(
            key=f"code {key}" if key else f"email {details.email.casefold()}",
            details=details,
            municipality=municipality if school else None,
            school=school,
            roles=roles,
            where=where,
        )
        roster.workers.append(worker)


def read_places(cells: Reader, where: Where, roster: Roster) -> tuple[str | None, str | None]:
    municipality, school = cells.get("municipality_code", "code"), cells.get("school_code", "code")
    if (name := cells.get("municipality", "name")) and municipality:
        roster.places.append(Place(kind="municipality", code=municipality, name=name, parent=None, where=where))
    if school and not municipality:
        cells.wrong("municipality_code", "Заполните код муниципалитета школы.")
    elif school and (name := cells.get("school", "name")):
        roster.places.append(Place(kind="school", code=school, name=name, parent=municipality, where=where))
    return municipality, school


def read_roles(cells: Reader, municipality: str | None, school: str | None) -> tuple[Role, ...]:
    """Without a role a worker of a school is a teacher."""
    said = [" ".join(part.split()).casefold() for part in cells.raw("roles").replace(";", ",").split(",")]
    found = []
    for part in filter(None, said or []):
        role = ROLES.get(part)
        if role is None:
            cells.wrong("roles", UNKNOWN_ROLE)
            return ()
        found.append(role)
    return tuple(placed(role, cells, municipality, school) for role in dict.fromkeys(found or ["teacher"]))


def placed(role: str, cells: Reader, municipality: str | None, school: str | None) -> Role:
    if role in SCHOOL_ROLES:
        if not school:
            cells.wrong("school_code", "Роли в школе нужен код школы.")
        return Role(role=role, municipality=municipality, school=school)
    if role in MUNICIPAL_ROLES:
        if not municipality:
            cells.wrong("municipality_code", "Муниципальному координатору нужен код муниципалитета.")
        return Role(role=role, municipality=municipality, school=None)
    return Role(role=role, municipality=None, school=None)
