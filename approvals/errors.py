"""Named refusals: every illegal move has one, and portal/errors.py gives each its status and its words."""

from __future__ import annotations

from collections.abc import Sequence


class Refusal(Exception):
    """An attempt that the rules do not allow. `facts` fill the words shown; they never hold personal data."""

    def __init__(self, **facts: object) -> None:
        super().__init__(type(self).__name__)
        self.facts = facts

    @property
    def name(self) -> str:
        return type(self).__name__


class NotAllowed(Refusal):
    """The policy does not give this person this permission on this thing."""


class NotFound(Refusal):
    """No such thing, or none that this person may know of."""


class ReasonNeeded(Refusal):
    """It lies outside this person's work: they first say why they look. Fact: `number`."""


class NotYourStep(Refusal):
    """The step belongs to another department."""


class OwnApplication(Refusal):
    """Nobody decides an application of their own."""


class StepNotOpen(Refusal):
    """The step waits, is paused, is with the applicant, or fell away. Fact: `status`."""


class AlreadyDecided(Refusal):
    """Somebody decided this step first. Facts: `by`, `at`, `outcome`."""


class AlreadyTaken(Refusal):
    """Somebody of the department took this step first. Fact: `by`."""


class SomebodyElseHasIt(Refusal):
    """A colleague works on this step: it must be taken over before it is acted on. Fact: `by`."""


class NotInYourHands(Refusal):
    """Only who has the step may hand it over or put it back."""


class NotYoursToRecall(Refusal):
    """A step is taken back by whoever gave it, or by the head."""


class NotAColleague(Refusal):
    """A step stays within its department: it goes to an account there that is in use."""


class ColleaguesOwn(Refusal):
    """The colleague is the applicant, and nobody decides an application of their own."""


class ColleagueAbsent(Refusal):
    """The colleague is away, and nobody is left who stands in. Fact: `until` (a date)."""


class ColleagueStoodIn(ColleagueAbsent):
    """The colleague is away, and somebody who is there acts for them. Fact: `until` (a date)."""


class ExtensionAsked(Refusal):
    """A request to extend the limits waits already. Fact: `days`."""


class NoExtensionAsked(Refusal):
    """No request to extend the limits waits."""


class AbsentAlready(Refusal):
    """An absence is entered for some of these days."""


class NotYoursToName(Refusal):
    """Who is absent names who stands in, or the head does for a clerk; for a head only that head."""


class OutcomeNotPossible(Refusal):
    """This kind of step cannot end in this outcome. Fact: `outcome`."""


class ReasonMissing(Refusal):
    """This outcome must state its reason (Licensing Law art. 38)."""


class PointsUnanswered(Refusal):
    """Consent, while required points of the checklist have no answer. Fact: `points`, their keys."""

    def __init__(self, points: Sequence[str]) -> None:
        super().__init__(points=list(points))
        self.points = tuple(points)


class PointsUnmet(PointsUnanswered):
    """Consent past required points that are not met, or that do not apply for a reason nobody gave. Fact: `points`."""


class LateReasonMissing(Refusal):
    """The step is past its due date: whoever decides it states why, in words where the reason is another one."""


class NotLate(Refusal):
    """The step is not past its due date, or it does not run: there is nothing to explain."""


class SecondPersonNeeded(Refusal):
    """Two people decide this step: it is proposed at its desk and confirmed there by another one."""


class AlreadyProposed(Refusal):
    """An opinion waits for a second person. Fact: `by`."""


class NothingProposed(Refusal):
    """The opinion was confirmed, sent back, taken back or has lapsed, or another one was proposed since."""


class OwnProposal(Refusal):
    """Nobody confirms or sends back what they proposed themselves."""


class NotYourProposal(Refusal):
    """Only who proposed an opinion takes it back; others send it back."""


class NotYourAnnotation(Refusal):
    """Only who wrote an annotation removes it."""


class PlaceNotOnPage(Refusal):
    """The file has no such page, or the place lies beside it. Fact: `pages`, how many it has."""


class TooManyAnnotations(Refusal):
    """More on one application than anybody would read. Fact: `most`."""


class ConsentMissing(Refusal):
    """The join before this decision did not consent: it may only be refused. Fact: `steps`."""


class PromiseBroken(Refusal):
    """What was promised in this procedure was found untrue, or was not put right in time: nothing is granted on it."""


class NothingToMend(Refusal):
    """A correction request must name at least one thing to mend (art. 32: everything, once)."""


class NothingMended(Refusal):
    """Something a department asked for is as it was sent before and not explained. Fact: `targets`, the keys."""


class NotReturned(Refusal):
    """There is nothing the applicant was asked to mend."""


class NotADraft(Refusal):
    """The application was submitted already. Fact: `number`."""


class FileShutAway(Refusal):
    """The virus scanner found something in the file. Fact: `name`."""


class TooLateToAmend(Refusal):
    """A department has said whether it is accepted, or asked for a correction. Fact: `number`."""


class NotSubmitted(Refusal):
    """It is a draft: nothing has been sent that could be answered or taken back."""


class AskedBefore(Refusal):
    """Something is asked for that could have been seen in an earlier round, and no reason is given (art. 32). Fact:
    `what`, the names of it.
    """


class AlreadySubmitted(Refusal):
    """The same draft was submitted before. Fact: `number`."""


class ChangedMeanwhile(Refusal):
    """The draft was saved elsewhere since this page was opened."""


class DraftGone(Refusal):
    """The draft that this page belongs to was deleted since, or belongs to somebody one no longer acts for."""


class TypedElsewhere(Refusal):
    """Something typed on another page of the same section waits to be saved, and this page has not shown it."""


class AnswersIncomplete(Refusal):
    """Questions or materials are missing or wrong. Facts: `sections`, `materials`."""


class NotOnline(Refusal):
    """The item cannot yet be applied for online. Fact: `item`."""


class WrongApplicant(Refusal):
    """The item is for the other audience. Fact: `audience`."""


class NotFounded(Refusal):
    """What the others wait for has founded nobody yet, or they have begun already."""


class NoCompetentDepartment(Refusal):
    """No department exercises this duty at the address given. Facts: `duty`, `region`."""


class Finished(Refusal):
    """The application has ended. Fact: `status`."""


class NotPaused(Refusal):
    """No special procedure runs on this step."""


class NotInReview(Refusal):
    """Only what was accepted and not yet decided can be extended or suspended. Fact: `status`."""


class NotThisAuthority(Refusal):
    """The law reserves this for somebody else: the deciding authority's head, or the government's in joint handling."""


class AlreadyExtended(Refusal):
    """A limit is extended once (art. 42). Fact: `days`."""


class TooLateToExtend(Refusal):
    """The statutory limit has passed, or there is none. Fact: `due`."""


class TooManyDays(Refusal):
    """More days than the law allows, or none. Fact: `most`."""


class NotSuspended(Refusal):
    """The application goes on: there is no suspension to end."""


class AlreadySuspended(Refusal):
    """The application is suspended already."""


class NotRefused(Refusal):
    """Only what was refused or not accepted can be reopened after an objection. Fact: `status`."""


class ReferenceMissing(Refusal):
    """A decision is reopened only on the decision that upholds the objection: its number must be named."""


class NoOrder(Refusal):
    """There is no supervision order to answer, or it was answered already."""


class NotAWorkingDay(Refusal):
    """An answer is wanted by a day that nobody works on, that is not to come or too far off. Fact: `most`, in working
    days.
    """


class GlyphMissing(Refusal):
    """The certificate's fonts cannot show a character. Fact: `characters`."""


class NotInForce(Refusal):
    """Only a certificate that is in force can be suspended, changed or reissued. Fact: `status`."""


class NotSuspendedNow(Refusal):
    """The certificate is not suspended. Fact: `status`."""


class EndedAlready(Refusal):
    """The certificate was annulled, or is still being made. Fact: `status`."""


class NoConsent(Refusal):
    """The holder has not consented to this use of the certificate, or has withdrawn the consent."""


class ReuseLapsed(Refusal):
    """A certificate that was handed in by its number counts no more: it is not in force, or its holder has taken back
    the consent. Fact: `number`.
    """


class ConsentedAlready(Refusal):
    """The holder has consented to this use already."""


class NothingChanged(Refusal):
    """A change that changes no word of the certificate."""


class UnknownField(Refusal):
    """The certificate has no such field. Fact: `field`."""


class FileRefused(Refusal):
    """An upload that is not what it must be. Facts: `why` (a FileProblem), `name`, `formats`, `limit`."""


class WrongPassword(Refusal):
    """User name and password do not match; which of the two is not said."""


class TooManyAttempts(Refusal):
    """Signing in or verifying was tried too often. Fact: `minutes`."""


class TimeRunsBackwards(Refusal):
    """Something was done to the application on a later day than now. Fact: `last`, that day."""


class PastOrFuture(Refusal):
    """A fact dated before the fact it follows, or after now."""


class NotOffered(Refusal):
    """Nothing may be promised here: these answers do not allow it, or the field is excluded."""


class BarredFromCommitment(Refusal):
    """Bad credit: an earlier promise was untrue or not kept. Facts: `number` of that application, `until` (a date)."""


class BarredByNotice(Refusal):
    """Bad credit that somebody else published. Facts: `publisher`, `until` (a date)."""


class NobodyWithNumber(Refusal):
    """No person and no organisation known here has this number."""


class NotAboutOneself(Refusal):
    """Nobody enters or repairs bad credit of their own or of their organisation."""


class NoticeDates(Refusal):
    """Bad credit that begins after today, or is over."""


class NotSigned(Refusal):
    """The notice was not declared to be read and accepted."""


class TooLateToWithdraw(Refusal):
    """The permit was decided on the promise: it can no longer be taken back."""


class NothingPromised(Refusal):
    """No such promise is in force."""


class NotPossibleNow(Refusal):
    """The obligation cannot be moved like this from where it stands. Fact: `status`."""


class EvidenceMissing(Refusal):
    """A verification is closed only with its evidence. Fact: `missing`, what is not there."""


class NothingToRevoke(Refusal):
    """No promise was found untrue and no order to rectify has run out."""


class ObjectedBefore(Refusal):
    """An objection to it was raised already."""


class NothingToObjectTo(Refusal):
    """No credit record stands against the applicant here."""


class ClosureNotPossible(Refusal):
    """The offices cannot be closed for these days: out of order, or too many. Fact: `most`, how many may be."""


class OwnPaper(Refusal):
    """Whoever wrote a text or a seal does not let it into force: a second person looks at it."""


class PaperSettled(Refusal):
    """The version is in force already, or was declined."""


class PaperChanged(Refusal):
    """Somebody wrote another version since the page was opened. Fact: `number` of that version."""


class WrongCode(Refusal):
    """No such code, or it is used up, expired or was tried too often; which of them is not said."""


class WrongFactorCode(Refusal):
    """Not what the authenticator shows, used already, or no recovery code that is left; which of them is not said."""


class PhoneTaken(Refusal):
    """The phone is that of another account. Told only to who has proven to read there."""


class EmailTaken(Refusal):
    """Likewise of an e-mail address."""


class IdentityTaken(Refusal):
    """Somebody registered with this identity number before."""


class IdentityMismatch(Refusal):
    """The identity service says that name and number do not belong together."""


class NotConnected(Refusal):
    """This installation sends nothing by that channel yet. Fact: `channel`."""


class StillRunning(Refusal):
    """An account is not closed while its applications run. Fact: `count`."""


class OutsideMandate(Refusal):
    """A mandate is there, but not for this matter or not for this action. Fact: `action` (a MandateAction or "")."""


class MandateEnded(Refusal):
    """The mandate by which somebody was acting was revoked or has expired since the page was opened."""


class NameChanged(Refusal):
    """The page was shown in somebody's name, and the visitor acts in another's now. Facts: `shown` and `now`, names."""


class MandateToOneself(Refusal):
    """Nobody needs a mandate from themselves."""


class MandateDates(Refusal):
    """It ends before it begins, has ended already or lasts longer than it may. Fact: `years`."""


class MandateSettled(Refusal):
    """It was accepted, declined or revoked already."""


class WorkspaceTaken(Refusal):
    """The organisation has its workspace; whoever manages it lets others in."""


class UsernameTaken(Refusal):
    """Another account has this user name, or it is no name."""


class PostNotPossible(Refusal):
    """Clerks, leads and heads belong to a department in force; nobody else does."""


class NotOneself(Refusal):
    """Nobody changes their own role or disables themselves."""


class LastAdministrator(Refusal):
    """Somebody must be left who manages the accounts."""


class StillHasSteps(Refusal):
    """Who leaves the department hands over first. Fact: `count`."""


class LinkOver(Refusal):
    """The link was used, is too old, or a newer one was made."""


class LastManager(Refusal):
    """An organisation keeps at least one member who names the others."""


class NotFinished(Refusal):
    """What still runs is not rated."""


class RatedBefore(Refusal):
    """Once for each application, and once more after a bad rating was followed up."""


class TooManyViews(Refusal):
    """A list of saved views that nobody could read. Fact: `most`."""


class TalkOver(Refusal):
    """The matter ended too long ago for further messages. Fact: `days`."""


class TooManyMessages(Refusal):
    """So many unanswered ones are enough. Fact: `most`."""


class TooLateToObject(Refusal):
    """The refusal is older than that. Fact: `days`."""


class BatchEmpty(Refusal):
    """Nothing was chosen."""


class TooManySteps(Refusal):
    """More steps than one batch may hold. Fact: `most`."""


class BatchBegun(Refusal):
    """What is being carried out keeps its terms."""


class TooManyPhrases(Refusal):
    """A list that nobody would read. Fact: `most`."""


class SignatureUnsound(Refusal):
    """The certificate's key was revoked: it is made again before anything is made from it."""


class TooManyCopies(Refusal):
    """So many copies of one certificate that may be used are enough. Fact: `most`."""


class AuthorityMissing(Refusal):
    """Nothing shows that who is at the window may act for the other, or it does not fit whom they act for."""


class OrganisationMismatch(Refusal):
    """The organisation with this credit code has another name."""


class NotConfirmed(Refusal):
    """Whoever is present has not confirmed what is sent in for them."""


class NothingToHandOut(Refusal):
    """Nothing is decided yet, or its paper is still being made."""


class HandedOutBefore(Refusal):
    """The result is in somebody's hands already."""
