"""What diagnostics found, and what the teacher lacks and asks to learn: facts of stage 2.

Stored for ever: read what the package says before changing one.
"""

from datetime import datetime
from uuid import UUID

from services.routes.domain.route.records import DeficitSource, DiagnosticResult
from shared.domain import Personal, message


@message
class DiagnosticResultRecorded:
    result: DiagnosticResult
    at: datetime


@message
class DeficitRecorded:
    deficit: UUID
    competency: str
    source: DeficitSource
    text: Personal
    at: datetime


@message
class DifficultyRecorded:
    difficulty: UUID
    text: Personal
    at: datetime


@message
class RequestRecorded:
    request: UUID
    text: Personal
    at: datetime


Diagnosing = DiagnosticResultRecorded | DeficitRecorded | DifficultyRecorded | RequestRecorded
