"""What people send, checked for form only."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field

from services.people.domain.organisation import Kind
from services.people.domain.person.facts import Details, Grant, Period
from services.people.wording import (
    Code,
    Day,
    Email,
    InvitationCode,
    Line,
    Month,
    Name,
    Password,
    Phone,
    Secret,
    Word,
    Years,
)

Role = Literal[
    "teacher", "tutor", "school_administrator", "school_coordinator", "school_curator", "methodist",
    "municipal_coordinator", "regional_centre", "auditor", "administrator", "subscriber",
]  # fmt: skip
SchoolRole = Literal["teacher", "tutor", "school_administrator", "school_coordinator", "school_curator"]
SchoolRoles = Annotated[tuple[SchoolRole, ...], Field(max_length=5)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Nothing(Body):
    """A command that needs no words; its body is {} or absent."""


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


class NewName(Body):
    name: Line


class About(Body):
    """The information section of p. 2.5, without the address."""

    family_name: Name
    given_name: Name
    patronymic: Name | None = None
    phone: Phone | None = None
    workplace: Line | None = None
    position: Line | None = None
    service_years: Years | None = None
    category: Word | None = None
    attestation: Month | None = None

    def details(self, email: str) -> Details:
        return Details(**self.model_dump(include=set(About.model_fields)), email=email)


class NewPerson(About):
    email: Email
    school: Code | None = None
    password: Password


class Changes(Body):
    """What is left out stays as it is; null empties a field."""

    family_name: Name | None = None
    given_name: Name | None = None
    patronymic: Name | None = None
    phone: Phone | None = None
    workplace: Line | None = None
    position: Line | None = None
    service_years: Years | None = None
    category: Word | None = None
    attestation: Month | None = None

    @property
    def told(self) -> dict[str, Any]:
        return self.model_dump(exclude_unset=True)


class NewPassword(Body):
    old: Secret
    new: Password


class NewEmail(Body):
    email: Email
    password: Secret


class EmailCode(Body):
    code: InvitationCode


class RoleAt(Body):
    role: Role
    municipality: Code | None = None
    school: Code | None = None

    @property
    def grant(self) -> Grant:
        return Grant(role=self.role, municipality=self.municipality, school=self.school)


class NewRole(RoleAt):
    """`act` is the local act that gives the role; days are those of the school's time zone, both included."""

    valid_from: Day | None = None
    valid_until: Day | None = None
    act: UUID | None = None

    @property
    def period(self) -> Period:
        return Period(since=self.valid_from, until=self.valid_until)


class Transfer(Body):
    school: Code
    on: Day
    roles: SchoolRoles = ("teacher",)


class NewInvitation(Body):
    """Without an address the answer has the code, for the school to hand over."""

    school: Code
    roles: SchoolRoles = ("teacher",)
    email: Email | None = None


class Invited(Body):
    code: InvitationCode


class Registration(About):
    """`email` is needed where the invitation was not sent to one."""

    code: InvitationCode
    email: Email | None = None
    password: Password


class FirstPassword(Body):
    code: InvitationCode
    password: Password


class Consent(Body):
    document_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


ConsentKind = Annotated[str, Field(max_length=64, pattern=r"^[a-z][a-z_]*$")]
ActKind = Literal["order", "regulation", "plan", "agreement", "other"]


Content = Annotated[Base64Bytes, Field(max_length=14_000_000)]  # ten megabytes as base64


class NewAct(Body):
    """`content` is the file in base64."""

    school: Code
    number: Word
    day: Day
    title: Line
    kind: ActKind
    content: Content


class ActEnd(Body):
    """`by` is the later act."""

    by: UUID
