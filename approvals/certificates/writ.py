"""What stands on a writ (文书): its facts put into the words that the law wants, in Chinese or translated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from approvals.certificates import decisions, notices
from approvals.certificates.speech import Composed, Facts, Speech, Table
from approvals.vocabulary import WritKind
from services.papers import USUAL_LINE, Seal, seal_from, usual_seal

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
SEAL_LINE = "业务专用章"
"""Articles 32 and 38: a special seal of the body, and the date."""


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
    address: str
    """Of the application, for the QR code of a receipt; empty for the others."""
    is_demonstration: bool
    data: Facts
    seal: Seal | None = None
    """Where the office has changed it: how the seal looks is none of what the writ tells."""

    @property
    def is_translation(self) -> bool:
        return self.language == "en"

    @property
    def seal_look(self) -> Seal:
        """The line under the star that belongs to certificates is not for writs; one of the office's own stays."""
        look = self.seal or usual_seal(self.issuer_zh, self.issuer_code)
        return replace(look, line=SEAL_LINE) if look.line == USUAL_LINE else look


def sheet_of(kind: WritKind, facts: Facts, *, language: str, public_url: str, is_demonstration: bool) -> WritSheet:
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
        address=address if kind is WritKind.RECEIPT else "",
        is_demonstration=is_demonstration,
        data={name: fact for name, fact in facts.items() if name != "seal"},
        seal=seal_from(facts["seal"]) if "seal" in facts else None,
    )
