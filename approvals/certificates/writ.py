"""What stands on a writ (文书): its facts put into the words that the law wants, in Chinese or translated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from approvals.certificates import decisions, notices
from approvals.certificates.speech import Composed, Facts, Speech, Table
from approvals.vocabulary import WritKind

COMPOSERS: Mapping[WritKind, Callable[[Speech], Composed]] = {
    WritKind.RECEIPT: notices.receipt,
    WritKind.ACCEPTANCE: notices.acceptance,
    WritKind.CORRECTION: notices.correction,
    WritKind.NOT_NEEDED: decisions.not_needed,
    WritKind.NOT_ACCEPTED: decisions.not_accepted,
    WritKind.SPECIAL_PROCEDURE: notices.special_procedure,
    WritKind.EXTENSION: notices.extension,
    WritKind.GRANT: decisions.grant,
    WritKind.REFUSAL: decisions.refusal,
    WritKind.DELIVERY: notices.delivery,
}


@dataclass(frozen=True, slots=True)
class WritSheet:
    """`before` are the paragraphs above the table, `after` those below it."""

    kind: WritKind
    language: str
    title: str
    number: str
    issuer: str
    issuer_zh: str
    """On the seal, in every language."""
    issuer_code: str
    addressee: str
    before: tuple[str, ...]
    table: Table | None
    after: tuple[str, ...]
    day: date
    drawn_up_at: datetime
    address: str
    """Of the application, for the QR code of a receipt; empty for the others."""
    is_demonstration: bool
    data: Facts

    @property
    def is_translation(self) -> bool:
        return self.language == "en"


def sheet_of(
    kind: WritKind, facts: Facts, *, drawn_up_at: datetime, language: str, public_url: str, is_demonstration: bool
) -> WritSheet:
    """The writ in words. The Chinese one is the original; the English one says that it is a translation."""
    speak = Speech("en" if language == "en" else "zh", facts)
    composed = COMPOSERS[kind](speak)
    address = f"{public_url.rstrip('/')}/applications/{facts['application']}"
    return WritSheet(
        kind=kind,
        language=speak.language,
        title=speak.title(kind),
        number=facts["number"],
        issuer=speak.of(facts["issuer"]),
        issuer_zh=facts["issuer"][0],
        issuer_code=facts["issuer_code"],
        addressee=facts["addressee"],
        before=tuple(paragraph for paragraph in composed.before if paragraph),
        table=composed.table,
        after=tuple(paragraph for paragraph in composed.after if paragraph),
        day=date.fromisoformat(facts["day"]),
        drawn_up_at=drawn_up_at,
        address=address if kind is WritKind.RECEIPT else "",
        is_demonstration=is_demonstration,
        data=facts,
    )
