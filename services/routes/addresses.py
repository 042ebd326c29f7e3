"""Where each command is sent: a sub-resource of the route, the body it takes and the item it makes, if any."""

from dataclasses import dataclass
from typing import Final

from services.routes import bodies as b
from services.routes import wishes as w
from services.routes.domain.route import accompanying, designing, diagnosing, preparing, reflecting, running
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
    bare("invitation", preparing.Invite),
    bare("acceptance", preparing.AcceptInvitation),
    bare("decline", preparing.DeclineInvitation),
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
    bare("submission", designing.Submit),
    Address("agreement", designing.Agree, b.Agreement),
    Address("return", designing.Return, b.Returned),
    Address("start", running.Start, b.Started),
    Address("adjustment", running.Adjust, w.AdjustmentWish),
    bare("adjustment-agreement", running.AgreeAdjustment),
    Address("adjustment-return", running.ReturnAdjustment, b.ReturnedAdjustment),
    Address("extension", running.Extend, b.Extension),
    Address("offer", reflecting.OfferAdjustment, b.Offer),
    Address("offer-answer", reflecting.AnswerOffer, b.OfferAnswer),
    Address("products", reflecting.SubmitProduct, b.Product),
    Address("presentation", reflecting.PresentProduct, b.Presented),
    bare("assessment-request", reflecting.AskAssessment),
    Address("assessments", reflecting.AssessProduct, b.NewAssessment, makes="assessment"),
    Address("reflection", reflecting.ReflectOnAchievement, b.Achievement),
    Address("conclusion", reflecting.DraftConclusion, b.NewConclusion),
    bare("conclusion-agreement", reflecting.AgreeConclusion),
    Address("conclusion-return", reflecting.ReturnConclusion, b.ReturnedConclusion),
    Address("completion", reflecting.Complete, b.Completion),
    bare("conclusion-cosignature-request", accompanying.AskCosignature),
    bare("conclusion-cosignature", reflecting.CosignConclusion),
    Address("suggestions", accompanying.Suggest, b.Suggestion, makes="suggestion"),
    Address("suggestions/{item}/answer", accompanying.AnswerSuggestion, b.SuggestionAnswer),
    Address("supports", accompanying.GiveSupport, b.Support, makes="support"),
    Address("helps", accompanying.AskHelp, b.Help, makes="help"),
    Address("helps/{item}/answer", accompanying.AnswerHelp, b.HelpAnswer),
    Address("reviews", accompanying.ReviewInterim, b.Review, makes="review"),
    Address("reports", accompanying.ProposeReport, b.Report, makes="report"),
    Address("reports/{item}/agreement", accompanying.AgreeReport, b.AgreedReport),
    Address("methodists", accompanying.AssignMethodist, b.Methodist),
    Address("methodists/{item}/release", accompanying.ReleaseMethodist, b.ReleasedMethodist),
    Address("next-steps", accompanying.PlanNextSteps, b.NextSteps),
)
