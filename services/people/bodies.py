"""What people send, checked for form only."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from services.people.domain.organisation import Kind
from services.people.domain.person import Details, Grant

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 200


def text(secret: SecretStr) -> SecretStr:
    """Refuses halves of characters, which JSON can carry and no encoding can."""
    if any("\ud800" <= sign <= "\udfff" for sign in secret.get_secret_value()):
        raise ValueError("not a text")
    return secret


Code = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[\w.-]+$")]
Name = Annotated[
    str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f-\x9f<>]+$")
]
Line = Annotated[
    str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$")
]
PART = r'[^@\s\x00-\x1f\x7f-\x9f<>()\[\]\\,;:"]'  # nothing that ends an address in a mail's header
Email = Annotated[
    str,
    StringConstraints(max_length=254, strip_whitespace=True, pattern=rf"^{PART}+@{PART}+\.{PART}+$"),
]
Phone = Annotated[str, StringConstraints(max_length=30, pattern=r"^[+\d][\d ()-]{4,}$")]
Secret = Annotated[SecretStr, Field(max_length=LONGEST_PASSWORD), AfterValidator(text)]
Password = Annotated[SecretStr, Field(min_length=SHORTEST_PASSWORD, max_length=LONGEST_PASSWORD), AfterValidator(text)]
Role = Literal[
    "teacher", "tutor", "school_administrator", "school_coordinator", "school_curator", "methodist",
    "municipal_coordinator", "regional_centre", "auditor", "administrator", "subscriber",
]  # fmt: skip


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class SignIn(Body):
    email: Annotated[str, Field(max_length=254)]
    password: Secret


class ServiceSignIn(Body):
    service: Code
    secret: Secret


class NewOrganisation(Body):
    kind: Kind
    code: Code
    name: Line
    parent: Code | None = None


class NewPerson(Body):
    family_name: Name
    given_name: Name
    patronymic: Name | None = None
    email: Email
    phone: Phone | None = None
    position: Line | None = None
    service_years: Annotated[int, Field(ge=0, le=80)] | None = None
    category: Name | None = None
    school: Code | None = None
    password: Password

    @property
    def details(self) -> Details:
        return Details(**self.model_dump(exclude={"school", "password"}))


class RoleAt(Body):
    role: Role
    municipality: Code | None = None
    school: Code | None = None

    @property
    def grant(self) -> Grant:
        return Grant(role=self.role, municipality=self.municipality, school=self.school)


class Nothing(Body):
    """A command that needs no words; its body is {} or absent."""


class Consent(Body):
    document_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
