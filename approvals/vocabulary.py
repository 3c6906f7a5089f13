"""The words of the heart: statuses, outcomes and kinds, one meaning each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class ApplicationStatus(StrEnum):
    """状态 of an application (办件). A cache: `rongyiban check` folds it again from the facts."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    """Received, waiting for acceptance (待受理)."""
    RETURNED = "returned"
    """Waiting for the applicant (补正) and no step can go on."""
    IN_REVIEW = "in_review"
    """Accepted (受理), departments are at work."""
    GRANTED = "granted"
    """准予: the certificate is being made."""
    ISSUED = "issued"
    """The certificate is out."""
    REFUSED = "refused"
    """不予许可."""
    NOT_NEEDED = "not_needed"
    """不受理: the matter needs no permit (Licensing Law art. 32 (1))."""
    NOT_ACCEPTED = "not_accepted"
    """不予受理: outside this body's powers, or conditions not met (art. 32 (2))."""
    WITHDRAWN = "withdrawn"
    TERMINATED = "terminated"
    """终止: ended by the authority without a decision."""

    @property
    def is_final(self) -> bool:
        return self in FINAL

    @property
    def is_decided(self) -> bool:
        """The limits of the law are met or missed, and no longer move."""
        return self in FINAL or self is ApplicationStatus.GRANTED


FINAL = frozenset(
    {
        ApplicationStatus.ISSUED,
        ApplicationStatus.REFUSED,
        ApplicationStatus.NOT_NEEDED,
        ApplicationStatus.NOT_ACCEPTED,
        ApplicationStatus.WITHDRAWN,
        ApplicationStatus.TERMINATED,
    }
)


class Channel(StrEnum):
    """How an application was sent in for the first time (渠道)."""

    ONLINE = "online"
    COUNTER = "counter"
    """At a window (综合窗口), for somebody who was present."""


class IdentityDocument(StrEnum):
    """What a counter clerk saw of somebody present; each bears the citizen's number (GB 11643)."""

    IDENTITY_CARD = "identity_card"
    TEMPORARY_CARD = "temporary_card"
    HOUSEHOLD_REGISTER = "household_register"
    RESIDENT_CARD = "resident_card"
    """港澳台居民居住证."""


class Authority(StrEnum):
    """By what somebody at a window acts for another person or an organisation."""

    POWER_OF_ATTORNEY = "power_of_attorney"
    """授权委托书, of a person or an organisation."""
    GUARDIANSHIP = "guardianship"
    """监护关系证明, of a person."""
    LEGAL_REPRESENTATIVE = "legal_representative"
    """法定代表人身份证明, of an organisation."""


class Attending(StrEnum):
    """For what an application came to a window."""

    TAKE = "take"
    MEND = "mend"
    """What was to be corrected is corrected there."""
    OPEN = "open"
    """What was sent in is amended or withdrawn there."""
    PREPARE = "prepare"
    """The papers of the result are printed, to be handed over."""
    HAND_OUT = "hand_out"
    """They were handed over (窗口领取)."""


class StepStatus(StrEnum):
    """Where one step stands."""

    WAITING = "waiting"
    OPEN = "open"
    RETURNED = "returned"
    """The department asked the applicant to mend something."""
    PAUSED = "paused"
    """A special procedure (特别程序, art. 45) runs."""
    DONE = "done"
    MOOT = "moot"
    """Its join was settled without it, or the application ended."""
    CUT_OFF = "cut_off"
    """What it waits for was denied."""
    LEFT = "left"
    """The mended answers no longer call it in."""


class Outcome(StrEnum):
    """What a step ended in."""

    ACCEPT = "accept"
    NOT_NEEDED = "not_needed"
    NOT_ACCEPTED = "not_accepted"
    AGREE = "agree"
    AGREE_WITH_CONDITIONS = "agree_with_conditions"
    DISAGREE = "disagree"
    NOT_CONCERNED = "not_concerned"
    CANNOT_JUDGE = "cannot_judge"
    GRANT = "grant"
    REFUSE = "refuse"
    ISSUED = "issued"

    @property
    def consents(self) -> bool:
        """Fail closed: only these count as consent at a join."""
        return self in CONSENTING


CONSENTING = frozenset(
    {Outcome.ACCEPT, Outcome.AGREE, Outcome.AGREE_WITH_CONDITIONS, Outcome.NOT_CONCERNED, Outcome.GRANT, Outcome.ISSUED}
)


class Light(StrEnum):
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    DEEP_RED = "deep_red"
    PAUSED = "paused"


class InterventionKind(StrEnum):
    """What ends, stops or reopens an application from outside its chain."""

    WITHDRAWN = "withdrawn"
    """撤回, by the applicant."""
    TERMINATED = "terminated"
    """终止: the matter has become pointless, or the applicant never answered."""
    SUSPENDED = "suspended"
    """中止: nothing may go on until something outside is settled."""
    RESUMED = "resumed"
    REOPENED = "reopened"
    """After a successful objection (reconsideration or lawsuit, art. 38)."""
    REVOKED = "revoked"
    """撤销, of the certificate (art. 69)."""
    RESTORED = "restored"
    """Of a certificate that was revoked, after a successful objection."""
    RECORDED = "recorded"
    """An untrue promise, in the credit record, where no permit and no procedure is left to lose."""


class ObligationKind(StrEnum):
    """What is owed after a decision."""

    DEFERRED_MATERIAL = "deferred_material"
    """By the applicant: a material that may follow a promise."""
    VERIFICATION = "verification"
    """By a department: to look whether a promise is true (事后核查)."""
    RECTIFICATION = "rectification"
    """By the applicant: to put right what was late (责令限期改正)."""
    CONDITION = "condition"
    """By the applicant: what an opinion or the permit asks for."""
    OBJECTION = "objection"
    """By a department: to answer an objection to its refusal (答复异议)."""

    @property
    def is_the_applicants(self) -> bool:
        return self not in (ObligationKind.VERIFICATION, ObligationKind.OBJECTION)


class ObligationStatus(StrEnum):
    """Where an obligation stands; folded from its acts."""

    OPEN = "open"
    REPORTED = "reported"
    """The applicant says that it is done; the department looks."""
    LATE = "late"
    """逾期未履行: the applicant did not keep it in time."""
    FULFILLED = "fulfilled"
    UNTRUE = "untrue"
    """虚假承诺: found to be untrue."""
    DROPPED = "dropped"
    """Nobody owes it any more: the promise was taken back, or the permit is gone."""

    @property
    def is_closed(self) -> bool:
        return self in (ObligationStatus.FULFILLED, ObligationStatus.UNTRUE, ObligationStatus.DROPPED)


class Act(StrEnum):
    """What happens to an obligation."""

    REPORT = "report"
    SEND_BACK = "send_back"
    """The department found what was reported not done."""
    FULFIL = "fulfil"
    FALL_DUE = "fall_due"
    """Its time passed; of a verification: the department found the promise not kept in time."""
    DISPROVE = "disprove"
    UPHOLD = "uphold"
    """An objection succeeded: the promise was true."""
    DROP = "drop"
    TAKE_UP = "take_up"
    """Owed again: the permit was restored."""


class CreditKind(StrEnum):
    """Why a credit record was made."""

    UNTRUE = "untrue"
    UNFULFILLED = "unfulfilled"
    """Late, ordered to rectify, and not done."""


class RatingLevel(StrEnum):
    """How content somebody was (好差评), best first."""

    VERY_SATISFIED = "very_satisfied"
    SATISFIED = "satisfied"
    MOSTLY_SATISFIED = "mostly_satisfied"
    DISSATISFIED = "dissatisfied"
    VERY_DISSATISFIED = "very_dissatisfied"

    @property
    def code(self) -> int:
        """Of GB/T 39046-2020: 1 is the best."""
        return list(RatingLevel).index(self) + 1

    @property
    def is_bad(self) -> bool:
        """差评: it is followed up."""
        return self in (RatingLevel.DISSATISFIED, RatingLevel.VERY_DISSATISFIED)


class RatingReason(StrEnum):
    """What a rating is about; each level has those that fit it."""

    FAST = "fast"
    CLEAR = "clear"
    ONCE = "once"
    """Everything online, nothing twice."""
    FRIENDLY = "friendly"
    PAGES = "pages"
    """The pages were easy to use."""
    SLOW = "slow"
    GUIDE_WRONG = "guide_wrong"
    """It was not as the guide says."""
    TOO_MUCH = "too_much"
    """Asked for what the guide does not ask for, or again and again."""
    UNFRIENDLY = "unfriendly"
    UNEXPLAINED = "unexplained"
    HARD_TO_USE = "hard_to_use"
    FEES = "fees"
    """Something had to be paid or bought that ought not to be."""


PRAISE = (RatingReason.FAST, RatingReason.CLEAR, RatingReason.ONCE, RatingReason.FRIENDLY, RatingReason.PAGES)
WISHES = (RatingReason.SLOW, RatingReason.GUIDE_WRONG, RatingReason.TOO_MUCH, RatingReason.HARD_TO_USE)
COMPLAINTS = (*WISHES, RatingReason.UNEXPLAINED, RatingReason.UNFRIENDLY, RatingReason.FEES)
RATING_REASONS = {
    RatingLevel.VERY_SATISFIED: PRAISE,
    RatingLevel.SATISFIED: PRAISE,
    RatingLevel.MOSTLY_SATISFIED: (*PRAISE[:3], *WISHES),
    RatingLevel.DISSATISFIED: COMPLAINTS,
    RatingLevel.VERY_DISSATISFIED: COMPLAINTS,
}


class FollowUpStage(StrEnum):
    """Where the follow-up of a bad rating stands, each stage with a limit of its own."""

    CONTACT = "contact"
    """回访: the supervising body speaks to whoever rated, and tells the department what it is about but not who."""
    VERIFY = "verify"
    """核实, by the head of the department."""
    MEND = "mend"
    """整改."""
    CLOSED = "closed"


class Finding(StrEnum):
    """What a department found when it looked into a bad rating."""

    SIMPLE = "simple"
    """True, and soon put right."""
    COMPLEX = "complex"
    """True, and takes longer to put right."""
    UNFOUNDED = "unfounded"
    """What was asked for has no basis in law, or it was otherwise: explained to whoever rated."""


class Judgement(StrEnum):
    """How whoever decides a step found one point of its checklist."""

    MET = "met"
    UNMET = "unmet"
    NOT_APPLICABLE = "not_applicable"


class ProposalEnd(StrEnum):
    """What became of the opinion that the first of two people proposed."""

    CONFIRMED = "confirmed"
    """By another one: it counts."""
    SENT_BACK = "sent_back"
    """By another one, with a reason."""
    TAKEN_BACK = "taken_back"
    """By whoever proposed it."""
    LAPSED = "lapsed"
    """What it rested on was mended, or the step has left the desk."""


class RequestEnd(StrEnum):
    """What became of a request from the desk to extend the limits."""

    GRANTED = "granted"
    """The limits were extended, by as many days or others."""
    DECLINED = "declined"


class BatchVerb(StrEnum):
    """What can be done to many steps at once."""

    TAKE = "take"
    ASSIGN = "assign"
    HAND_OVER = "hand_over"
    PUT_BACK = "put_back"
    DECIDE = "decide"


class Assigning(StrEnum):
    """How a step comes to somebody of its department, or leaves them."""

    TAKE = "take"
    TAKE_OVER = "take_over"
    """From a colleague, by whoever goes on with it."""
    ASSIGN = "assign"
    """By the head."""
    HAND_OVER = "hand_over"
    RECALL = "recall"
    """Whoever gave it takes it back; the head takes it from anybody."""
    PUT_BACK = "put_back"
    """Whoever has it leaves it to everybody again."""


class Rung(StrEnum):
    """Of the supervision ladder (预警类型): each is reached once for every due date that comes near or passes."""

    WARNING = "warning"
    """The light turned yellow: a reminder to whoever handles it."""
    LATE = "late"
    """The promise is broken (red): to handler and head of department."""
    ESCALATED = "escalated"
    """Red for more than two working days: an order (督办) that the head of department answers."""
    BREACHED = "breached"
    """The statutory limit has passed (deep red): an order, and a line of the bulletin."""

    @property
    def is_order(self) -> bool:
        """Whether the supervising body wants an answer."""
        return self in (Rung.ESCALATED, Rung.BREACHED)


class LateReason(StrEnum):
    """Why a step is decided after its due date, as whoever decides it states."""

    OTHER_DEPARTMENT = "other_department"
    """Another department or a higher authority has not answered."""
    WORKLOAD = "workload"
    COMPLEXITY = "complexity"
    """The matter is difficult, or was never met before."""
    ABSENCE = "absence"
    """Somebody was away, or handed over."""
    APPLICANT = "applicant"
    """The applicant asked for time."""
    OUTAGE = "outage"
    OTHER = "other"
    """Said in words."""


class OrderStatus(StrEnum):
    """Where a supervision order that was sent by hand stands."""

    OPEN = "open"
    ANSWERED = "answered"
    SENT_BACK = "sent_back"
    """The answer did not do."""
    CLOSED = "closed"

    @property
    def waits_for_answer(self) -> bool:
        return self in (OrderStatus.OPEN, OrderStatus.SENT_BACK)


class OrderAct(StrEnum):
    """What is done to a supervision order."""

    SEND = "send"
    ANSWER = "answer"
    SEND_BACK = "send_back"
    CLOSE = "close"


class OpeningReason(StrEnum):
    """Why somebody opens an application that is not their work (查看事由)."""

    SUPERVISION = "supervision"
    COMPLAINT = "complaint"
    AUDIT = "audit"
    FIGURES = "figures"
    """A figure of the statistics is traced to its cases."""
    OTHER = "other"


class Role(StrEnum):
    """Who somebody is here. Who is at a desk belongs to a department; the others to a person."""

    CITIZEN = "citizen"
    CLERK = "clerk"
    LEAD = "lead"
    """Leads a group of clerks: does what they do and assigns the work."""
    HEAD = "head"
    """Head of an authority: does what its clerks do, extends limits (art. 42), answers supervision orders."""
    GOVERNMENT = "government"
    """Head of the people's government of the city: extends the limit of joint handling (art. 42)."""
    SUPERVISOR = "supervisor"
    """The body that supervises the limits (政务服务管理办公室)."""
    MANAGER = "manager"
    AUDITOR = "auditor"
    """Reads what was done and by whom, and changes nothing."""
    ADMINISTRATOR = "administrator"
    """Manages the accounts of staff, and sees no application."""
    COUNTER = "counter"
    """At a window (综合窗口): takes applications for who is present and hands out results, for every department."""
    SYSTEM = "system"

    @property
    def is_staff(self) -> bool:
        return self not in (Role.CITIZEN, Role.SYSTEM)

    @property
    def is_at_desk(self) -> bool:
        """Whether it works on the steps of a department."""
        return self in AT_DESK


AT_DESK = (Role.CLERK, Role.LEAD, Role.HEAD)
STAFF = tuple(role for role in Role if role.is_staff)


class Proof(StrEnum):
    """How well it is known who somebody is (实名等级)."""

    NONE = "none"
    CONSISTENT = "consistent"
    """Name and number can be right; nobody was asked whether they belong together."""
    DEMONSTRATION = "demonstration"
    """The invented identity service of a demonstration said yes."""
    WINDOW = "window"
    """An identity document was seen at a window."""
    NATIONAL = "national"
    """The national identity service said that name and number belong together."""


class Duty(StrEnum):
    """In which capacity somebody acts for another."""

    LEGAL_REPRESENTATIVE = "legal_representative"
    ADMINISTRATOR = "administrator"
    """Names the members of the organisation, and acts for it in everything."""
    HANDLER = "handler"
    AGENT = "agent"
    """A relative or anybody else a person trusts (亲友代办)."""

    @property
    def names_members(self) -> bool:
        return self in (Duty.LEGAL_REPRESENTATIVE, Duty.ADMINISTRATOR)


class MandateAction(StrEnum):
    """What a mandate allows."""

    FILL = "fill"
    SUBMIT = "submit"
    SIGN = "sign"
    COLLECT = "collect"
    """Fetch decisions and certificates."""


class MandateStatus(StrEnum):
    OFFERED = "offered"
    """Given, and not accepted yet."""
    IN_FORCE = "in_force"
    TO_COME = "to_come"
    """Accepted; its first day has not come."""
    EXPIRED = "expired"
    DECLINED = "declined"
    REVOKED = "revoked"


class LetterWay(StrEnum):
    """How somebody wants letters by e-mail; in the portal they stand in any case."""

    EACH = "each"
    DAILY = "daily"
    """Together, once a day."""
    NONE = "none"


class CodePurpose(StrEnum):
    """What a one-time code is for."""

    REGISTER = "register"
    RESET = "reset"
    PHONE = "phone"
    """To prove a new phone."""
    EMAIL = "email"
    REPLACED = "replaced"
    """No code: it tells an old phone or address that another has taken its place."""


class CertificateStatus(StrEnum):
    PENDING = "pending"
    """Numbered, not yet made: the worker is on it."""
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    ANNULLED = "annulled"


STANDING = frozenset({CertificateStatus.IN_FORCE, CertificateStatus.SUSPENDED})
"""What may still be taken away."""


class CertificateAct(StrEnum):
    """What happens to a certificate in its life; its status is folded from these."""

    ISSUE = "issue"
    SUSPEND = "suspend"
    """暂停."""
    RESUME = "resume"
    CHANGE = "change"
    """变更: another version with other words replaces it."""
    REISSUE = "reissue"
    """补发: another version with the same words, because the file or its code got lost or into wrong hands."""
    REVOKE = "revoke"
    """撤销 (art. 69)."""
    RESTORE = "restore"
    """After a successful objection to the revocation."""
    ANNUL = "annul"
    """注销 (art. 70)."""
    EXPIRE = "expire"
    """Its last day has passed; nobody decides that."""


class CopyAct(StrEnum):
    """What the holder of a certificate did beside the acts of the office."""

    COPIED = "copied"
    TRANSLATED = "translated"
    COPY_ENDED = "copy_ended"


class AnnulmentGround(StrEnum):
    """Why a licence is annulled (注销, Licensing Law art. 70)."""

    EXPIRED = "expired"
    """Not renewed when its time was over."""
    DEATH = "death"
    """Of the natural person to whom it gave a qualification, or the loss of capacity."""
    DISSOLVED = "dissolved"
    """The organisation has ended by law."""
    TAKEN_BACK = "taken_back"
    """Revoked, withdrawn or confiscated by law."""
    IMPOSSIBLE = "impossible"
    """Force majeure: what was permitted cannot be done any more."""
    GIVEN_UP = "given_up"
    """The holder asked for it."""


class PaperVerdict(StrEnum):
    """On a version of what the office writes on its certificates."""

    PUBLISH = "publish"
    DECLINE = "decline"


class WritKind(StrEnum):
    """The papers (文书) that the law asks for on the way of an application."""

    RECEIPT = "receipt"
    """收件凭证: what was handed in, and that it is no acceptance yet."""
    ACCEPTANCE = "acceptance"
    """受理通知书."""
    CORRECTION = "correction"
    """补正通知书: everything, once (art. 32)."""
    NOT_NEEDED = "not_needed"
    """不受理通知书: no permit is needed."""
    NOT_ACCEPTED = "not_accepted"
    """不予受理通知书: another body is competent."""
    SPECIAL_PROCEDURE = "special_procedure"
    """特别程序告知书 (art. 45)."""
    EXTENSION = "extension"
    """延期通知书 (art. 42)."""
    GRANT = "grant"
    """准予行政许可决定书 (art. 38)."""
    REFUSAL = "refusal"
    """不予行政许可决定书 (art. 38): with reasons and remedies."""
    DELIVERY = "delivery"
    """送达回证: which papers reached the applicant, how and when."""


class PauseReason(StrEnum):
    """特别程序 and other times that are not counted (Licensing Law art. 45)."""

    CORRECTION = "correction"
    HEARING = "hearing"
    ON_SITE = "on_site"
    EXPERT_REVIEW = "expert_review"
    TESTING = "testing"
    PUBLIC_NOTICE = "public_notice"
    THIRD_PARTY = "third_party"
    IDLE = "idle"
    """The step was over, not called in or waiting again, until a correction brought it back."""
    SUSPENSION = "suspension"
    """中止, of the whole application."""
    OBJECTION = "objection"
    """From a refusal until an objection to it succeeded; of the whole application."""


class PauseBasis(StrEnum):
    """What a pause rests on: the article, or in plain words where no article names it."""

    CORRECTION = "《行政许可法》第三十二条第一款第（四）项"
    PROCEDURE = "《行政许可法》第四十五条"
    OBJECTION = "《行政许可法》第三十八条第二款"
    SUSPENSION = "作出决定的机关负责人决定，没有专门条文"
    IDLE = "没有轮到这个环节，不占它的期限"


class PictureProblem(StrEnum):
    """Why a drawing cannot be shown as a picture; it is downloaded all the same."""

    EMPTY = "empty"
    """Nothing is drawn on any of its sheets."""
    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"
    TOO_COSTLY = "too_costly"
    """It took more time or memory than one picture may."""
    BUSY = "busy"
    """Others are being drawn at this moment."""


class FileProblem(StrEnum):
    """Why an upload is refused; portal/errors.py says for each what to do instead."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    UNKNOWN = "unknown"
    """Its content is none of the formats the portal knows."""
    NOT_WANTED = "not_wanted"
    """A known format, but not one this material is handed in as."""
    EXTENSION = "extension"
    """The name ends in something else than the content is."""
    PICTURE = "picture"
    """Of a kind that not every program shows, such as HEIC or WebP."""
    OFD = "ofd"
    WORD = "word"
    SPREADSHEET = "spreadsheet"
    SLIDES = "slides"
    DWG = "dwg"
    ARCHIVE = "archive"
    DAMAGED = "damaged"
    ENCRYPTED = "encrypted"
    ACTIVE = "active"
    """Scripts, embedded files, or actions that start something."""
    TRAILING = "trailing"
    """Something else hides behind the end of the file."""
    TOO_MANY_PAGES = "too_many_pages"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_MANY_FILES = "too_many_files"
    """The quota of one application is used up."""
    TOO_MUCH_UNSENT = "too_much_unsent"
    """What one account may have lying in drafts is used up."""
    INFECTED = "infected"


class SignatureLevel(StrEnum):
    """How long a signature proves itself (ETSI EN 319 142), lowest first."""

    B_B = "b_b"
    """Signed. It says itself when."""
    B_T = "b_t"
    """A time-stamp authority says when."""
    B_LT = "b_lt"
    """What proves its keys good is inside."""
    B_LTA = "b_lta"
    """Stamped as a whole, to be stamped again before that weakens."""

    @property
    def rank(self) -> int:
        return list(SignatureLevel).index(self)

    @property
    def standard(self) -> str:
        """As the standard writes it."""
        return f"PAdES {self.upper().replace('_', '-')}"


class OriginKind(StrEnum):
    """Where the first value of an answer comes from that nobody typed in this draft."""

    ACCOUNT = "account"
    ORGANISATION = "organisation"
    APPLICATION = "application"
    """Of the same applicant, sent before."""
    CERTIFICATE = "certificate"
    """In force, of the same applicant."""
    CARRIED = "carried"
    """Answered just before: in a pre-check, or once for a whole bundle."""


@dataclass(frozen=True, slots=True)
class Origin:
    """`number` is that of the application or certificate, `item` the code of what was applied for."""

    kind: OriginKind
    number: str = ""
    item: str = ""

    @property
    def data(self) -> list[str]:
        """As JSON can hold it: `Origin.of` gives it back."""
        return [self.kind.value, self.number, self.item]

    @classmethod
    def of(cls, data: Sequence[str]) -> Origin:
        kind, number, item = data
        return cls(OriginKind(kind), number, item)
