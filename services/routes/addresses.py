"""Where each command is sent: a sub-resource of the route, the body it takes and the item it makes, if any."""

from dataclasses import dataclass
from typing import Final

from services.routes import bodies as b
from services.routes import wishes as w
from services.routes.domain.route import (
    accompanying,
    adjusting,
    advising,
    agreeing,
    concluding,
    designing,
    diagnosing,
    opening,
    preparing,
    reflecting,
    running,
)
from services.routes.domain.route.rules import Command


@dataclass(frozen=True, slots=True)
class Address:
    path: str  # below /routes/{id}/
    command: type[Command]
    body: type[b.Body]
    makes: str = ""  # the new item whose id the answer tells

    @property
    def of_item(self) -> bool:
        return "{item}" in self.path


def bare(path: str, command: type[Command]) -> Address:
    return Address(path, command, b.empty(command))


ADDRESSES: Final = (
    bare("invitation", opening.Invite),
    bare("acceptance", opening.AcceptInvitation),
    bare("decline", opening.DeclineInvitation),
    Address("tutor", preparing.AppointTutor, b.Tutor),
    Address("model-proposal", preparing.ProposeModel, b.ProposedModel),
    Address("model", preparing.ChooseModel, b.ChosenModel),
    bare("consent", preparing.GiveConsent),
    bare("consent-withdrawal", preparing.WithdrawConsent),
    bare("withdrawal", preparing.Withdraw),
    Address("deficits", diagnosing.RecordDeficit, b.Deficit, makes="deficit"),
    Address("difficulties", diagnosing.RecordDifficulty, b.Difficulty, makes="difficulty"),
    Address("request", diagnosing.RecordRequest, b.Request, makes="request"),
    Address("tasks", designing.SetTask, b.Task, makes="task"),
    Address("tasks/{item}/removal", designing.DropTask, b.DroppedTask),
    Address("description", designing.Describe, b.Description),
    Address("term", designing.PlanTerm, b.PlannedTerm),
    Address("activities", designing.PlanActivity, w.ActivityWish, makes="activity"),
    Address("activities/{item}/removal", designing.DropActivity, b.DroppedActivity),
    Address("activities/{item}/completion", running.CompleteActivity, b.DoneActivity),
    Address("activities/{item}/reflection", running.ReflectOnActivity, b.ActivityReflection),
    Address("product-choice", designing.ChooseProduct, b.ProductChoice),
    Address("presentation-choice", designing.ChoosePresentation, b.PresentationChoice),
    bare("submission", agreeing.Submit),
    Address("agreement", agreeing.Agree, b.Agreement),
    Address("return", agreeing.Return, b.Returned),
    Address("start", running.Start, b.Started),
    Address("adjustment", adjusting.Adjust, w.AdjustmentWish),
    bare("adjustment-agreement", adjusting.AgreeAdjustment),
    Address("adjustment-return", adjusting.ReturnAdjustment, b.ReturnedAdjustment),
    Address("extension", adjusting.Extend, b.Extension),
    Address("offer", reflecting.OfferAdjustment, b.Offer),
    Address("offer-answer", reflecting.AnswerOffer, b.OfferAnswer),
    Address("products", reflecting.SubmitProduct, b.Product),
    Address("presentation", reflecting.PresentProduct, b.Presented),
    bare("assessment-request", reflecting.AskAssessment),
    Address("assessments", reflecting.AssessProduct, b.NewAssessment, makes="assessment"),
    Address("reflection", reflecting.ReflectOnAchievement, b.Achievement),
    Address("conclusion", concluding.DraftConclusion, b.NewConclusion),
    bare("conclusion-agreement", concluding.AgreeConclusion),
    Address("conclusion-return", concluding.ReturnConclusion, b.ReturnedConclusion),
    Address("completion", concluding.Complete, b.Completion),
    bare("conclusion-cosignature-request", accompanying.AskCosignature),
    bare("conclusion-cosignature", concluding.CosignConclusion),
    Address("suggestions", advising.Suggest, b.Suggestion, makes="suggestion"),
    Address("suggestions/{item}/answer", advising.AnswerSuggestion, b.SuggestionAnswer),
    Address("supports", advising.GiveSupport, b.Support, makes="support"),
    Address("helps", advising.AskHelp, b.Help, makes="help"),
    Address("helps/{item}/answer", advising.AnswerHelp, b.HelpAnswer),
    Address("reviews", accompanying.ReviewInterim, b.Review, makes="review"),
    Address("reports", accompanying.ProposeReport, b.Report, makes="report"),
    Address("reports/{item}/agreement", accompanying.AgreeReport, b.AgreedReport),
    Address("methodists", accompanying.AssignMethodist, b.Methodist),
    Address("methodists/{item}/release", accompanying.ReleaseMethodist, b.ReleasedMethodist),
    Address("next-steps", accompanying.PlanNextSteps, b.NextSteps),
)
