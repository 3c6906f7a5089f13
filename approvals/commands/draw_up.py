"""Draw up a writ (文书): number it and fix what it says, in the transaction of what it tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from approvals.audit.append import append, sealed
from approvals.clock.moment import Moment
from approvals.events import Event
from approvals.permissions import Actor
from approvals.records.application import Application
from approvals.records.base import session_of
from approvals.records.fold import item_of
from approvals.records.paper import in_force
from approvals.records.people import Department, region_names
from approvals.records.sequence import following
from approvals.records.step import StepRecord
from approvals.records.writ import Writ
from approvals.vocabulary import WritKind
from services.item import Text
from services.papers import SEAL, seal_data, seal_of

WORDS: Mapping[WritKind, str] = {
    WritKind.RECEIPT: "收",
    WritKind.ACCEPTANCE: "受",
    WritKind.CORRECTION: "补",
    WritKind.NOT_NEEDED: "不受",
    WritKind.NOT_ACCEPTED: "不予受",
    WritKind.SPECIAL_PROCEDURE: "特",
    WritKind.EXTENSION: "延",
    WritKind.GRANT: "准",
    WritKind.REFUSAL: "不准",
    WritKind.DELIVERY: "送",
}
"""The word of each kind in its number: ZJ510100受字〔2026〕0001号."""


def draw_up(
    application: Application, kind: WritKind, step: StepRecord, facts: Mapping[str, Any], *, by: Actor, at: Moment
) -> Writ:
    """In the name of the department of `step`. `facts` are what this kind tells; whose it is, about what, by whom
    and under which seal, where the office has changed it, is added here.
    """
    session = session_of(application)
    session.flush()
    issuer = session.get_one(Department, step.department_code)
    item = item_of(application)
    series = f"{issuer.duty.replace('_', '')}{issuer.region}{WORDS[kind]}字〔{at.today.year}〕"
    number = f"{series}{following(session, f'writ:{kind}:{issuer.code}:{at.today.year}'):04d}号"
    organisation = application.organisation
    said = {
        **facts,
        "number": number,
        "application": application.number,
        "title": application.title,
        "item": pair(item.name),
        "is_licence": item.is_licence,
        "basis": list(item.basis),
        "addressee": organisation.name if organisation else application.applicant.name,
        "issuer": [issuer.name_zh, issuer.name_en],
        "issuer_code": issuer.credit_code or "",
        "government": pair(_government(issuer, region_names(session))),
        "day": at.today.isoformat(),
    }
    seal = in_force(session, issuer.code, SEAL).get(SEAL)
    if seal is not None and seal.content:
        said["seal"] = seal_data(seal_of(seal.content))
    serial = session.scalar(select(func.count()).where(Writ.application_id == application.id)) or 0
    writ = Writ(
        application_id=application.id,
        serial=serial + 1,
        kind=kind,
        number=number,
        department_code=issuer.code,
        facts=said,
        drawn_up_at=at.instant,
    )
    session.add(writ)
    told = {"writ": str(kind), "serial": writ.serial, "facts": sealed(writ.sealed_text)}
    append(application, Event.WRIT_DRAWN_UP, by=by, at=at.instant, **told)
    return writ


def pair(text: Text) -> list[str]:
    """Both languages, as facts keep them."""
    return [text.zh, text.in_language("en")]


def _government(issuer: Department, regions: Mapping[str, Text]) -> Text:
    """To which people's government an appeal goes: that of the level to which the department belongs (Reconsideration
    Law art. 24).
    """
    region = regions.get(issuer.region) or regions[f"{issuer.region[:4]}00"]
    return Text(f"{region.zh}人民政府", f"the People's Government of {region.in_language('en')}")
