"""Who lives in a simulated region: its schools, its people and what they may do; all of them invented."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from deploy.simulation.shares import Fate, Shares
from shared.http.tokens import Grant, Person

MUNICIPALITIES = 40
TEACHERS_OF_A_TUTOR = 8
SCHOOLS_OF_A_METHODIST = 30
TRACKS = {"rural": "Сельский учитель", "first-steps": "Первые шаги в профессии", "digital": "Цифровая среда школы"}
DIRECTIONS = {"literacy": "Функциональная грамотность", "mentoring": "Наставничество"}

FAMILIES = (
    *("Берёзкина", "Волгина", "Грачёва", "Дубравина", "Еланцева", "Жаворонкова", "Заречная", "Ивушкина", "Калинкина"),
    *("Ланская", "Малинина", "Незабудкина", "Озёрная", "Полевая", "Рябинина", "Снегирёва", "Тайгина", "Ульянкина"),
)
GIVEN = ("Алина", "Вера", "Галина", "Дарья", "Елена", "Жанна", "Зоя", "Инна", "Клара", "Лидия", "Мария", "Нина")
FATHERS = ("Андреевна", "Борисовна", "Викторовна", "Глебовна", "Денисовна", "Егоровна", "Львовна", "Олеговна")
SUBJECTS = ("математики", "физики", "химии", "истории", "биологии", "географии", "информатики", "русского языка")
CATEGORIES = ("", "первая", "высшая")


@dataclass(slots=True, eq=False)
class Somebody:
    """A person of the region; `grants` change when they move."""

    key: str
    id: UUID
    grants: tuple[Grant, ...]
    position: str

    @property
    def token(self) -> Person:
        return Person(id=self.id, grants=self.grants)

    @property
    def roles(self) -> list[str]:
        return [grant.role for grant in self.grants]


@dataclass(frozen=True, eq=False)
class School:
    number: int
    code: str
    municipality: str
    director: Somebody
    coordinator: Somebody
    tutors: tuple[Somebody, ...]
    teachers: tuple[Somebody, ...]
    municipal: Somebody  # the coordinator of its municipality

    @property
    def staff(self) -> tuple[Somebody, ...]:
        return (self.director, self.coordinator, *self.tutors, *self.teachers)

    @property
    def name(self) -> str:
        return f"Школа № {self.number + 1} (вымышленная)"

    @property
    def place(self) -> dict[str, str]:
        return {"municipality": self.municipality, "school": self.code}


@dataclass
class Region:
    """The same people under the same ids for the same seed, whichever school is asked for first."""

    seed: int
    schools: int
    teachers: int
    shares: Shares
    ids: dict[str, UUID] = field(default_factory=dict)  # where somebody else has given the ids

    @property
    def municipalities(self) -> list[str]:
        return [f"m-{self.seed}-{n:02}" for n in range(min(self.schools, MUNICIPALITIES))]

    @cached_property
    def centre(self) -> Somebody:
        return self._somebody("centre", "координатор регионального центра", Grant(role="regional_centre"))

    @cached_property
    def methodists(self) -> tuple[Somebody, ...]:
        count = max(3, self.schools // SCHOOLS_OF_A_METHODIST)
        methodist = Grant(role="methodist")
        return tuple(self._somebody(f"methodist-{n}", "региональный методист", methodist) for n in range(count))

    @cached_property
    def municipal(self) -> dict[str, Somebody]:
        """The coordinator of each municipality."""
        return {
            code: self._somebody(
                f"municipal-{n}", "муниципальный координатор", Grant(role="municipal_coordinator", municipality=code)
            )
            for n, code in enumerate(self.municipalities)
        }

    @property
    def regional_staff(self) -> tuple[Somebody, ...]:
        return (self.centre, *self.methodists, *self.municipal.values())

    def school(self, number: int) -> School:
        municipality = self.municipalities[number % len(self.municipalities)]
        code = f"s-{self.seed}-{number:03}"
        many, more = divmod(self.teachers, self.schools)
        count = many + (number < more)

        def of_school(key: str, position: str, *roles: str) -> Somebody:
            grants = [Grant(role=role, municipality=municipality, school=code) for role in roles]
            return self._somebody(f"{key}-{number}", position, *grants)

        tutors = range(max(2, count // TEACHERS_OF_A_TUTOR))
        return School(
            number=number,
            code=code,
            municipality=municipality,
            director=of_school("director", "директор", "school_administrator"),
            coordinator=of_school("coordinator", "заместитель директора", "school_coordinator", "school_curator"),
            tutors=tuple(of_school(f"tutor-{n}", "учитель, тьютор", "tutor") for n in tutors),
            teachers=tuple(of_school(f"teacher-{n}", f"учитель {_of(SUBJECTS, n)}", "teacher") for n in range(count)),
            municipal=self.municipal[municipality],
        )

    def fate(self, key: str) -> Fate:
        return Fate(self.shares, f"{self.seed}/{key}")

    def told(self, one: Somebody) -> dict[str, Any]:
        """The person in the form of the demonstration's region: what `iom demo` registers from its file."""
        fate = self.fate(one.key)
        return {
            "key": one.key,
            "family_name": fate.one_of(FAMILIES, "family"),
            "given_name": fate.one_of(GIVEN, "given"),
            "patronymic": fate.one_of(FATHERS, "father"),
            "email": f"{one.key}@region-{self.seed}.example",
            "position": one.position,
            "service_years": fate.between(0, 40, "service"),
            "category": fate.one_of(CATEGORIES, "category"),
            "municipality": one.grants[0].municipality,
            "school": one.grants[0].school,
            "roles": one.roles,
        }

    def whole(self) -> dict[str, Any]:
        """The whole region in that form."""
        schools = [self.school(number) for number in range(self.schools)]
        municipalities = [{"code": code, "name": municipality_name(n)} for n, code in enumerate(self.municipalities)]
        staff = (*self.regional_staff, *(one for school in schools for one in school.staff))
        return {
            "municipality": municipalities[0],
            "municipalities": municipalities[1:],
            "schools": [
                {"code": school.code, "name": school.name, "parent": school.municipality} for school in schools
            ],
            "persons": [self.told(one) for one in staff],
        }

    def _somebody(self, key: str, position: str, *grants: Grant) -> Somebody:
        id = self.ids.get(key) or uuid5(NAMESPACE_URL, f"iom:simulation:{self.seed}:{key}")
        return Somebody(key, id, grants, position)


def municipality_name(number: int) -> str:
    return f"Муниципалитет № {number + 1} (вымышленный)"


def _of(some: tuple[str, ...], number: int) -> str:
    return some[number % len(some)]
