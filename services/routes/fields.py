"""What one field of a request may hold: a code, a line, a text, a day."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from shared.http.words import readable, visible, visible_line, visible_or_empty

MOST = 50  # entries of one list in one request

Code = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[\p{L}\p{N}_.-]+$")]
MaybeCode = Annotated[str, Field(max_length=64, pattern=r"^[\p{L}\p{N}_.-]*$")]
Line = Annotated[
    str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True), AfterValidator(visible_line)
]
Text = Annotated[
    str, StringConstraints(min_length=1, max_length=10_000, strip_whitespace=True), AfterValidator(visible)
]
MaybeText = Annotated[
    str, StringConstraints(max_length=10_000, strip_whitespace=True), AfterValidator(visible_or_empty)
]
Link = Annotated[str, StringConstraints(max_length=2_000, pattern=r"^(https?://\S+)?$"), AfterValidator(readable)]
Hours = Annotated[int, Field(ge=1, le=2_000)]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2099, 12, 31))]
Codes = Annotated[tuple[Code, ...], Field(max_length=MOST)]
Ids = Annotated[tuple[UUID, ...], Field(max_length=MOST)]
