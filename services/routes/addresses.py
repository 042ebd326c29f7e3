"""Where each command is sent: a sub-resource of the route, the body it takes and the item it makes, if any."""

from dataclasses import dataclass
from typing import Final

from services.routes import bodies as b
from services.routes import wishes as w
from services.routes.bodies.body import Body, empty
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
    body: type[Body]
    makes: str = ""  # the new item whose id the answer tells

    @property
    def of_item(self) -> bool:
        return "{item}" in self.path


def bare(path: str, command: type[Command]) -> Address:
    return Address(path, command, empty(command))


ADDRESSES: Final = (
    bare("invitation", opening.Invite),
    bare("acceptance", opening.AcceptInvitation),
    bare("decline", opening.DeclineInvitation),
    Address("tutor", preparing.AppointTutor, b.preparing.Tutor),
    Address("model-proposal", preparing.ProposeModel, b.preparing.ProposedModel),
    Address("model", preparing.ChooseModel, b.preparing.ChosenModel),
    bare("consent", preparing.GiveConsent),
    bare("consent-withdrawal", preparing.WithdrawConsent),
    bare("withdrawal", preparing.Withdraw),
    Address("deficits", diagnosing.RecordDeficit, b.diagnosing.Deficit, makes="deficit"),
    Address("difficulties", diagnosing.RecordDifficulty, b.diagnosing.Difficulty, makes="difficulty"),
    Address("request", diagnosing.RecordRequest, b.diagnosing.Request, makes="request"),
    Address("tasks", designing.SetTask, b.designing.Task, makes="task"),
    Address("tasks/{item}/removal", designing.DropTask, b.designing.DroppedTask),
    Address("description", designing.Describe, b.designing.Description),
    Address("term", designing.PlanTerm, b.designing.PlannedTerm),
    Address("activities", designing.PlanActivity, w.ActivityWish, makes="activity"),
    Address("activities/{item}/removal", designing.DropActivity, b.designing.DroppedActivity),
    Address("activities/{item}/completion", running.CompleteActivity, b.running.DoneActivity),
    Address("activities/{item}/reflection", running.ReflectOnActivity, b.running.ActivityReflection),
    Address("product-choice", designing.ChooseProduct, b.designing.ProductChoice),
    Address("presentation-choice", designing.ChoosePresentation, b.designing.PresentationChoice),
    bare("submission", agreeing.Submit),
    Address("agreement", agreeing.Agree, b.agreeing.Agreement),
    Address("return", agreeing.Return, b.agreeing.Returned),
    Address("start", running.Start, b.running.Started),
    Address("adjustment", adjusting.Adjust, w.AdjustmentWish),
    bare("adjustment-agreement", adjusting.AgreeAdjustment),
    Address("adjustment-return", adjusting.ReturnAdjustment, b.adjusting.ReturnedAdjustment),
    Address("extension", adjusting.Extend, b.adjusting.Extension),
    Address("offer", reflecting.OfferAdjustment, b.reflecting.Offer),
    Address("offer-answer", reflecting.AnswerOffer, b.reflecting.OfferAnswer),
    Address("products", reflecting.SubmitProduct, b.reflecting.Product),
    Address("presentation", reflecting.PresentProduct, b.reflecting.Presented),
    bare("assessment-request", reflecting.AskAssessment),
    Address("assessments", reflecting.AssessProduct, b.reflecting.NewAssessment, makes="assessment"),
    Address("reflection", reflecting.ReflectOnAchievement, b.reflecting.Achievement),
    Address("conclusion", concluding.DraftConclusion, b.concluding.NewConclusion),
    bare("conclusion-agreement", concluding.AgreeConclusion),
    Address("conclusion-return", concluding.ReturnConclusion, b.concluding.ReturnedConclusion),
    Address("completion", concluding.Complete, b.concluding.Completion),
    bare("conclusion-cosignature-request", accompanying.AskCosignature),
    bare("conclusion-cosignature", concluding.CosignConclusion),
    Address("suggestions", advising.Suggest, b.advising.Suggestion, makes="suggestion"),
    Address("suggestions/{item}/answer", advising.AnswerSuggestion, b.advising.SuggestionAnswer),
    Address("supports", advising.GiveSupport, b.advising.Support, makes="support"),
    Address("helps", advising.AskHelp, b.advising.Help, makes="help"),
    Address("helps/{item}/answer", advising.AnswerHelp, b.advising.HelpAnswer),
    Address("reviews", accompanying.ReviewInterim, b.accompanying.Review, makes="review"),
    Address("reports", accompanying.ProposeReport, b.accompanying.Report, makes="report"),
    Address("reports/{item}/agreement", accompanying.AgreeReport, b.accompanying.AgreedReport),
    Address("methodists", accompanying.AssignMethodist, b.accompanying.Methodist),
    Address("methodists/{item}/release", accompanying.ReleaseMethodist, b.accompanying.ReleasedMethodist),
    Address("next-steps", accompanying.PlanNextSteps, b.accompanying.NextSteps),
)
