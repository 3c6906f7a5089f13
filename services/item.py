"""The vocabulary of the catalogue: what an item is made of, frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from math import ceil

from services.conditions import TODAY, Condition


@dataclass(frozen=True, slots=True)
class Text:
    """A text in both languages of the portal; English falls back to Chinese where none is given."""

    zh: str
    en: str = ""

    def in_language(self, language: str) -> str:
        return self.en if language.startswith("en") and self.en else self.zh


class Unit(StrEnum):
    WORKING_DAYS = "wd"
    CALENDAR_DAYS = "cd"


@dataclass(frozen=True, slots=True)
class Limit:
    """How long something may take. `days` 0 = on the spot, 0.5 = half a day, None = no statutory limit."""

    days: Decimal | None
    unit: Unit = Unit.WORKING_DAYS


class Confidence(StrEnum):
    """How sure the catalogue is of name, legal basis and statutory limit; below HIGH is shown as demonstration data."""

    HIGH = "H"
    MEDIUM = "M"
    LOW = "L"


class Audience(StrEnum):
    CITIZENS = "P"
    BUSINESSES = "B"
    BOTH = "PB"


class Handling(StrEnum):
    """办件类型 (GB/T 39046-2020): on the spot or within a promised limit; JOINT is 联合办理 (Licensing Law art. 26)."""

    INSTANT = "instant"
    PROMISED = "promised"
    JOINT = "joint"


class Kind(StrEnum):
    """Kinds of question. Each has one file in forms/kinds and one value kind in services/answers."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    MONEY = "money"
    AREA = "area"
    DATE = "date"
    PERIOD = "period"
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes_no"
    ADDRESS = "address"
    IDENTITY_NUMBER = "identity_number"
    CREDIT_CODE = "credit_code"
    PHONE = "phone"
    EMAIL = "email"
    BANK_ACCOUNT = "bank_account"
    PERSON = "person"
    ORGANISATION = "organisation"
    POINT = "point"
    BOUNDARY = "boundary"
    GROUP = "group"
    TABLE = "table"
    DECLARATION = "declaration"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: Text


@dataclass(frozen=True, slots=True)
class FromToday:
    """A date that moves with the day: so many calendar days after today, before it where negative."""

    days: int

    def on(self, today: date) -> date:
        return today + timedelta(days=self.days)

    def __str__(self) -> str:
        """As the catalogue writes it."""
        return f"{TODAY} {'-' if self.days < 0 else '+'} {abs(self.days)}" if self.days else TODAY


EARLIER = "earlier"
"""As `prefill`: from what the same applicant stated before, where a question with the same words was answered."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `example` is a right answer: shown as a hint, and given by `rongyiban story` and the tests; that of
    a date may be a FromToday (services.answers.example_of).
    """

    key: str
    kind: Kind
    label: Text
    hint: Text | None = None
    required: bool = True
    ask_if: Condition | None = None
    choices: tuple[Choice, ...] = ()
    max_length: int | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    unit: Text | None = None
    decimals: int | None = None
    """Places after the point of a number; without it none for a number, 2 for money and area."""
    prefill: str | None = None
    """Where a first value comes from: organisation.name, account.name, account.phone, …, or EARLIER."""
    example: object = None
    on_certificate: bool = False
    columns: tuple[Question, ...] = ()
    """Of a group or table: what is asked of each entry."""
    most: int | None = None
    """Of a group or table: entries at most."""
    statement: Text | None = None
    """Of a declaration or signature: the words that are declared or signed."""
    pinned: bool = False
    """Of an address: its place on the map may be given, too."""
    anywhere: bool = False
    """Of an address: it may lie outside of the city, in any province; no department's competence follows from it."""
    computed: Condition | None = None
    """It is not asked but follows from answers before it, like them in conditions, on the desk and on paper."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule over several answers of one application, or over answers and the day (`today`); `message` is shown at the
    question `at` when it does not hold.
    """

    holds: Condition
    at: str
    message: Text

    def is_broken(self, answers: Mapping[str, object], today: date) -> bool:
        """Whether every answer it needs is there and it does not hold on that day."""
        known = {**answers, TODAY: today}
        return self.holds.names <= known.keys() and not self.holds.holds(known)


@dataclass(frozen=True, slots=True)
class Section:
    """One topic, one page."""

    key: str
    title: Text
    questions: tuple[Question, ...]
    why: Text | None = None
    ask_if: Condition | None = None
    rules: tuple[Rule, ...] = ()


class Source(StrEnum):
    """Where a material comes from. SHARED is fetched, ONLINE is made from the answers: neither is uploaded."""

    UPLOAD = "upload"
    SHARED = "shared"
    ONLINE = "online"


@dataclass(frozen=True, slots=True)
class Material:
    key: str
    name: Text
    source: Source = Source.UPLOAD
    required: bool = True
    required_if: Condition | None = None
    offered_if: Condition | None = None
    """Where it does not hold, nobody asks for the material and nobody may hand it in: an alternative not chosen."""
    formats: tuple[str, ...] = ("pdf", "jpg", "png")
    hint: Text | None = None
    steps: tuple[str, ...] = ()
    """Keys of the steps that need it; empty = every step."""
    asked_in: str | None = None
    """Key of the section on whose page it is asked for, among the questions: a question answered by a file. Where the
    section is not asked, it is not either.
    """


class StepKind(StrEnum):
    ACCEPTANCE = "acceptance"
    REVIEW = "review"
    TECHNICAL_REVIEW = "technical_review"
    CONSULTATION = "consultation"
    ON_SITE = "on_site"
    PUBLIC_NOTICE = "public_notice"
    DECISION = "decision"
    ISSUE = "issue"

    @property
    def has_vote(self) -> bool:
        """Who is consulted is heard, and neither consents nor stands in the way."""
        return self is not StepKind.CONSULTATION


OPINIONS = frozenset(
    {StepKind.REVIEW, StepKind.TECHNICAL_REVIEW, StepKind.CONSULTATION, StepKind.ON_SITE, StepKind.PUBLIC_NOTICE}
)
"""Kinds of step whose opinion rests on the answers and may be asked for again."""
ANSWERED = OPINIONS | {StepKind.ACCEPTANCE, StepKind.DECISION}
"""Kinds of step that may ask for a correction, and so have rounds."""


class JoinKind(StrEnum):
    ALL = "all"
    ANY = "any"
    N_OF_M = "n_of_m"
    VETO = "veto"


@dataclass(frozen=True, slots=True)
class Join:
    """How outcomes of the steps before are gathered. `n` is for N_OF_M, `veto` the keys that must consent for VETO."""

    kind: JoinKind = JoinKind.ALL
    n: int = 0
    veto: frozenset[str] = frozenset()


class ExcludedField(StrEnum):
    """Fields in which a commitment stands for nothing (国办发〔2020〕42号): great risk, harm that cannot be undone."""

    NATIONAL_SECURITY = "national_security"
    PUBLIC_SAFETY = "public_safety"
    FINANCE = "finance"
    ECOLOGY = "ecology"
    HEALTH_AND_LIFE = "health_and_life"
    FOREIGN_AFFAIRS = "foreign_affairs"


class Means(StrEnum):
    """How a promise is verified afterwards, and so what evidence a finding needs."""

    SHARED_DATA = "shared_data"
    DOCUMENT = "document"
    ON_SITE = "on_site"


@dataclass(frozen=True, slots=True)
class Notice:
    """告知书: what the law asks for and what follows from an untrue promise; `promises` is what is signed."""

    version: str
    text: Text
    promises: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Deferral:
    """A material that may follow, counted from the decision on the promise."""

    material: str
    limit: Limit


@dataclass(frozen=True, slots=True)
class Verification:
    """What is looked at afterwards (事后核查), how, by whom, and within what time of the decision on the promise."""

    key: str
    what: Text
    means: Means
    duty: str
    level: str = "city"
    limit: Limit = Limit(Decimal(60), Unit.CALENDAR_DAYS)
    """Two months where nothing is said."""


@dataclass(frozen=True, slots=True)
class CommitmentTerms:
    """告知承诺: on what terms a promise stands for proof. Without terms there is only the normal procedure."""

    excluded: ExcludedField | None = None
    """Wins over everything else that is said here."""
    allowed_if: Condition | None = None
    when: Text | None = None
    """The condition in words."""
    notice: Notice | None = None
    deferred: tuple[Deferral, ...] = ()
    verifications: tuple[Verification, ...] = ()
    is_same_day: bool = False
    """The portal accepts and decides on the promise, too: the certificate is out on the day."""
    barred_years: int = 1
    """For how long who promised an untruth may not promise again."""


MOST_POINTS = 20
"""Of one checklist: a longer one is ticked without looking."""


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a checklist (审查要点): what whoever decides the step looks at, and on what it rests."""

    key: str
    words: Text
    basis: str = ""
    """The rule of law behind it."""
    about: str | None = None
    """Key of the question or material it is about. About a material that nobody asks for nothing is asked either."""
    required: bool = True
    """Nobody consents while it has no answer, and over a no only in words."""


@dataclass(frozen=True, slots=True)
class Step:
    """One department's part (环节). It names a duty and a level; the application finds the competent department."""

    key: str
    kind: StepKind
    title: Text
    duty: str
    """Department code of the catalogue (FG, ZJ, …); `level` says at which level of the tree it is exercised."""
    level: str = "city"
    item_code: str | None = None
    """The catalogue item whose limits and name this step carries in a joint case."""
    statutory: Limit = Limit(None)
    promised: Limit = Limit(None)
    round_limit: Limit | None = None
    """From the second round on promised instead of `promised`, counted from the day the round began."""
    joins_if: Condition | None = None
    relies_on: tuple[str, ...] = ()
    """Keys of the questions whose answers its opinion rests on: one of them mended, and it is asked again."""
    deemed_consent: bool = False
    """Of a consultation: silence until its limit has passed is consent."""
    after: tuple[str, ...] = ()
    join: Join = Join()
    basis: str = ""
    commitment_terms: CommitmentTerms | None = None
    """In a joint case each step's item decides for itself."""
    checklist: tuple[Point, ...] = ()
    two_persons: bool = False
    """双人复核: what one person of the department proposes counts once another one has confirmed it."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Steps in parallel. `join` says how the stage's outcomes are gathered for the next stage."""

    key: str
    title: Text
    steps: tuple[Step, ...]
    join: Join = Join()


@dataclass(frozen=True, slots=True)
class CertificateSpec:
    """What is issued in the end: the template's name, the title, the fields in order (key → label).

    A field's key is a question, whose answer is shown, `holder`, or a key of `values`, whose wording is filled in
    (services.wording): `{start} 至 {end}，共 {end - start + 1} 天`.
    """

    template: str
    title: Text
    statement: Text
    fields: tuple[tuple[str, Text], ...]
    notes: tuple[Text, ...] = ()
    valid_years: int | None = None
    values: tuple[tuple[str, Text], ...] = ()
    masked: frozenset[str] = frozenset()
    """Keys of fields whose number stands on the paper as 510***********1234: not every certificate needs it in full."""


@dataclass(frozen=True, slots=True)
class Founding:
    """What an item brings into being: an organisation, which has its credit code from its registration on.

    The others are keys of questions: its name, who represents it, and that person's identity number.
    """

    prefix: str
    """Of the credit code: who registers it and as what kind (GB 32100), 91 for a company."""
    name: str
    head: str
    head_identity: str


LICENCE = "行政许可"
"""The authority type of what the Administrative Licensing Law governs."""
BY_LAW = {
    StepKind.ACCEPTANCE: (Limit(Decimal(5)), "《行政许可法》第32条"),
    StepKind.ISSUE: (Limit(Decimal(10)), "《行政许可法》第44条"),
}
"""What the law allows at most for accepting and for handing over a licence, and where it says so."""


@dataclass(frozen=True)
class Item:
    """A service item (事项). `stages` empty = not yet online: the guide shows catalogue facts only."""

    code: str
    slug: str
    name: Text
    department: str
    audience: Audience
    handling: Handling
    authority_type: str
    """事项类型 in Chinese as in GB/T 39046: 行政许可, 行政确认, …"""
    statutory: Limit
    promised: Limit
    basis: tuple[str, ...]
    material_names: tuple[str, ...]
    result: str
    confidence: Confidence
    construction_stage: int | None = None
    role: str | None = None
    commitment: str | None = None
    """告知承诺 as in the catalogue: Y, N, or Y(condition)."""
    scope: Text | None = None
    conditions: tuple[Text, ...] = ()
    sections: tuple[Section, ...] = ()
    materials: tuple[Material, ...] = ()
    stages: tuple[Stage, ...] = ()
    certificate: CertificateSpec | None = None
    title_from: str | None = None
    """Key of the question whose answer names the application (工程名称)."""
    district_from: str | None = None
    """Key of the address question that decides which district is competent."""
    round_limit: Limit | None = None
    """What its steps promise for a round after a correction, where they do not say it themselves."""
    theme: str | None = None
    """Key of the theme under which citizens or businesses find it."""
    commitment_terms: CommitmentTerms | None = None
    """Of an item that one department handles; those of a joint case stand on its steps."""

    fee: Text | None = None
    """What it costs, with the rule that says so; None = the catalogue does not know."""
    founds: Founding | None = None
    """Of an item whose result is a new organisation."""
    in_person: Text | None = None
    """Who must come in person, and the rule that says so; None = no rule known."""
    everyday_words: tuple[str, ...] = ()
    """What people say who look for it and do not know its name: 开工, 盖房子."""
    precheck: tuple[str, ...] | None = None
    """Keys of the questions that 我能办吗 asks because their rules decide; None = those of every rule that can be told
    beforehand (services.precheck).
    """

    @property
    def is_online(self) -> bool:
        return bool(self.stages)

    @property
    def is_licence(self) -> bool:
        """Whether the Administrative Licensing Law governs it."""
        return self.authority_type == LICENCE

    @cached_property
    def questions(self) -> dict[str, Question]:
        return {question.key: question for section in self.sections for question in section.questions}

    @cached_property
    def steps(self) -> dict[str, Step]:
        """Every step in order, all explicit: one without `after` waits for the whole stage before, one without
        `round_limit` has that of the item, but never more time than it promises for the first round.
        """
        explicit: dict[str, Step] = {}
        before: tuple[str, ...] = ()
        gathered = Join()
        for stage in self.stages:
            for step in stage.steps:
                full = step if step.after else replace(step, after=before, join=gathered)
                if full.round_limit is None and self.round_limit is not None and step.kind in ANSWERED:
                    full = replace(full, round_limit=_shorter(self.round_limit, step.promised))
                explicit[step.key] = full
            before, gathered = tuple(step.key for step in stage.steps), stage.join
        return explicit

    def stage_of(self, step_key: str) -> Stage:
        return next(stage for stage in self.stages if any(step.key == step_key for step in stage.steps))


def label(item: Item, target: str) -> Text:
    """What a question or a material is called."""
    question = item.questions.get(target)
    if question is not None:
        return question.label
    return next((material.name for material in item.materials if material.key == target), Text(target))


def with_round_limits(item: Item) -> Item:
    """The item whose every step that may be asked again says what it promises for a later round: where neither step nor
    item does, half of its promise, in whole days. Nothing where nothing or less than a day is promised.

    It is said in the steps themselves, so that a published revision keeps it, and an older one what it promised.
    """
    if item.round_limit is not None or item.handling is Handling.INSTANT:
        return item

    def limited(step: Step) -> Step:
        days = step.promised.days or 0
        if step.round_limit is not None or step.kind not in ANSWERED or days < 1:
            return step
        return replace(step, round_limit=replace(step.promised, days=Decimal(ceil(days / 2))))

    return replace(item, stages=tuple(replace(stage, steps=tuple(map(limited, stage.steps))) for stage in item.stages))


def _shorter(limit: Limit, promised: Limit) -> Limit:
    """Of two limits in one unit the shorter; in two units the first, which services.check compares."""
    if limit.unit is not promised.unit or limit.days is None or promised.days is None:
        return limit
    return min(limit, promised, key=lambda each: each.days or 0)


@dataclass(frozen=True, slots=True)
class Department:
    """Who decides (部门). A tree by region and level: a district bureau's parent is the city bureau of its duty."""

    code: str
    name: Text
    duty: str
    level: str
    """city | district | street"""
    region: str
    """Administrative division code (GB/T 2260), 510100 for the city."""
    parent: str | None = None
    credit_code: str | None = None
    is_demonstration: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """Where a region's departments are met in person (政务服务中心)."""

    name: Text
    address: Text
    hours: Text
    phone: str = ""
    complaints: str = ""
    """The number at which complaints about it are taken."""


@dataclass(frozen=True, slots=True)
class Region:
    code: str
    name: Text
    level: str
    parent: str | None = None
    is_demonstration: bool = False
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Theme:
    """What a service is about (主题), as people look for it."""

    key: str
    name: Text
    audience: Audience


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """The official rest days and make-up workdays (调休) of one year, with the notice they come from."""

    year: int
    source: str
    rest_days: dict[date, str] = field(default_factory=dict)
    work_days: dict[date, str] = field(default_factory=dict)
