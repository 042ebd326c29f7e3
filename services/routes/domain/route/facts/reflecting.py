"""The product, what experts and diagnostics say, and the offer that may follow: facts of stage 5.

Stored for ever: read what the package says before changing one.
"""

from datetime import date, datetime

from services.routes.domain.route.records import Assessment, Judgement, Whose
from shared.domain import Personal, message


@message
class ProductSubmitted:
    whose: Whose
    number: int
    title: Personal
    link: Personal
    summary: Personal
    at: datetime


@message
class ProductPresented:
    whose: Whose
    on: date
    at: datetime


@message
class AssessmentAsked:
    """Of an expert who assesses on request only (p. 2.8.1)."""

    whose: Whose
    at: datetime


@message
class ProductAssessed:
    whose: Whose
    assessment: Assessment
    text: Personal
    at: datetime


@message
class DynamicsRecorded:
    judgement: Judgement
    at: datetime


@message
class AdjustmentOffered:
    whose: Whose
    text: Personal
    at: datetime


@message
class OfferAnswered:
    accepted: bool
    at: datetime


@message
class AchievementReflected:
    text: Personal
    at: datetime


Reflecting = (
    ProductSubmitted
    | ProductPresented
    | AssessmentAsked
    | ProductAssessed
    | DynamicsRecorded
    | AdjustmentOffered
    | OfferAnswered
    | AchievementReflected
)
