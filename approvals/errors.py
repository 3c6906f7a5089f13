"""Named refusals: every illegal move has one, and portal/errors.py gives each its status and its words."""

from __future__ import annotations


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


class NotYourStep(Refusal):
    """The step belongs to another department."""


class OwnApplication(Refusal):
    """Nobody decides an application of their own."""


class StepNotOpen(Refusal):
    """The step waits, is paused, is with the applicant, or fell away. Fact: `status`."""


class AlreadyDecided(Refusal):
    """Somebody decided this step first. Facts: `by`, `at`, `outcome`."""


class OutcomeNotPossible(Refusal):
    """This kind of step cannot end in this outcome. Fact: `outcome`."""


class ReasonMissing(Refusal):
    """This outcome must state its reason (Licensing Law art. 38)."""


class ConsentMissing(Refusal):
    """The join before this decision did not consent: it may only be refused. Fact: `steps`."""


class NothingToMend(Refusal):
    """A correction request must name at least one thing to mend (art. 32: everything, once)."""


class NotReturned(Refusal):
    """There is nothing the applicant was asked to mend."""


class NotADraft(Refusal):
    """The application was submitted already. Fact: `number`."""


class AlreadySubmitted(Refusal):
    """The same draft was submitted before. Fact: `number`."""


class ChangedMeanwhile(Refusal):
    """The draft was saved elsewhere since this page was opened."""


class AnswersIncomplete(Refusal):
    """Questions or materials are missing or wrong. Facts: `sections`, `materials`."""


class NotOnline(Refusal):
    """The item cannot yet be applied for online. Fact: `item`."""


class WrongApplicant(Refusal):
    """The item is for the other audience. Fact: `audience`."""


class NoCompetentDepartment(Refusal):
    """No department exercises this duty at the address given. Facts: `duty`, `region`."""


class Finished(Refusal):
    """The application has ended. Fact: `status`."""


class NotPaused(Refusal):
    """No special procedure runs on this step."""


class GlyphMissing(Refusal):
    """The certificate's fonts cannot show a character. Fact: `characters`."""


class FileRefused(Refusal):
    """An upload that is not what it must be. Facts: `why` (a FileProblem), `name`, `formats`, `limit`."""


class WrongPassword(Refusal):
    """User name and password do not match; which of the two is not said."""


class TooManyAttempts(Refusal):
    """Signing in or verifying was tried too often. Fact: `minutes`."""


class PastOrFuture(Refusal):
    """A fact dated before the fact it follows, or after now."""
