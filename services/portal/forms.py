"""Forms as a reader fills them: what was typed stays, and what was said no to stands beside its field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from starlette.requests import Request

from services.portal import session, texts
from services.portal.suite import PartAway, Refused

MOST_FIELDS: Final = 40
LONGEST: Final = 2000  # of a value; what is longer than people takes is refused there
SECRET: Final = frozenset({"password", "old", "new", "again"})  # taken as they are, and never shown again

# Which field a no is about, by the no's name: the first of these that the form has, an empty one before others.
BLAMED: Final[Mapping[str, tuple[str, ...]]] = {
    "invitation-unknown": ("code",),
    "invitation-expired": ("code",),
    "invitation-used-up": ("code",),
    "invitation-taken-back": ("code",),
    "email-code-wrong": ("code",),
    "email-code-expired": ("code",),
    "email-taken": ("email",),
    "address-needed": ("email",),
    "address-refused": ("email",),
    "invited-at-another-address": ("email",),
    "name-missing": ("family_name", "given_name"),
    "wrong-password": ("old", "password"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """`words` is the key of its label and hint where they are not those of its name."""

    name: str
    words: str = ""
    type: str = "text"
    autocomplete: str = "off"
    required: bool = False
    inputmode: str = "text"

    @property
    def label(self) -> str:
        return texts.LABELS[self.words or self.name]

    @property
    def hint(self) -> str:
        return texts.HINTS.get(self.words or self.name, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """`general` is said of the form as a whole; `notes` stands beside a field that is not wrong."""

    fields: Sequence[Field]
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    general: str = ""
    status: int = 200

    @property
    def failed(self) -> bool:
        return bool(self.errors or self.general)

    def shown(self, field: Field) -> str:
        return "" if field.name in SECRET else self.values.get(field.name, "")

    def refused(self, no: Refused | PartAway) -> "Form":
        """The same form with what people say of it; a field that the form does not have blames the whole."""
        if isinstance(no, PartAway):
            return replace(self, general=texts.TEXT["try_again"], status=503)
        names = [each.name for each in self.fields]
        errors = {name: words for name, words in no.fields.items() if name in names}
        words = f"{no.title} {no.detail}".strip() or texts.MESSAGES["refused"][1]
        blamed = sorted(set(names) & set(BLAMED.get(no.kind, ())), key=lambda name: self._blame(no.kind, name))
        if not errors and blamed:
            errors = {blamed[0]: words}
        return replace(self, errors=errors, general="" if errors else words, status=no.status)

    def _blame(self, kind: str, name: str) -> tuple[bool, int]:
        return bool(self.values.get(name)), BLAMED[kind].index(name)

    def wrong(self, name: str, words: str) -> "Form":
        return replace(self, errors={**self.errors, name: words}, status=422)


async def posted(request: Request) -> dict[str, str]:
    """What the reader typed. Raises ForeignForm."""
    form = await request.form(max_files=0, max_fields=MOST_FIELDS)
    typed = {name: value for name, value in form.items() if isinstance(value, str)}
    session.check_form(request, typed.pop("mark", ""))
    return {name: value if name in SECRET else value.strip()[:LONGEST] for name, value in typed.items()}


def filled(typed: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    """Of these fields those that are filled, as people is told them."""
    return {name: typed[name] for name in names if typed.get(name)}


def repeated(form: Form, name: str) -> Form:
    """A password that nobody can see is typed twice."""
    same = form.values.get(name, "") == form.values.get("again", "")
    return form if same else form.wrong("again", texts.TEXT["passwords_differ"])


CODE: Final = Field(name="code", autocomplete="one-time-code", required=True)
EMAIL: Final = Field(name="email", type="email", autocomplete="username", required=True, inputmode="email")
NEW_EMAIL: Final = Field(name="email", words="new_email", type="email", autocomplete="email", required=True)
PASSWORD: Final = Field(name="password", words="old", type="password", autocomplete="current-password", required=True)
OLD: Final = replace(PASSWORD, name="old")
NEW: Final = Field(name="new", type="password", autocomplete="new-password", required=True)
FIRST: Final = replace(NEW, name="password", words="first")
AGAIN: Final = replace(NEW, name="again")
AGREED: Final = Field(name="agreed", type="checkbox", required=True)
ABOUT: Final = (
    Field(name="family_name", autocomplete="family-name", required=True),
    Field(name="given_name", autocomplete="given-name", required=True),
    Field(name="patronymic", autocomplete="additional-name"),
    Field(name="phone", type="tel", autocomplete="tel", inputmode="tel"),
    Field(name="workplace", autocomplete="organization"),
    Field(name="position", autocomplete="organization-title"),
    Field(name="service_years", inputmode="numeric"),
    Field(name="category"),
    Field(name="attestation"),
)
