"""A file that a clerk may open: one that the applicant has sent and the clerk's step needs."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.errors import NotFound
from approvals.permissions import Actor, may
from approvals.queries.case import load_case
from approvals.queries.material_file import MaterialFile, opened
from approvals.queries.reuse import withdrawn_from
from approvals.records.application import Submission
from approvals.records.material import Material


def step_file(
    session: Session, number: str, key: str, material: str, version: int, *, by: Actor, at: Moment
) -> MaterialFile:
    """Anything else, files being mended and not yet sent among it, is NotFound; so is a certificate whose holder has
    taken back the consent before it was decided upon.
    """
    case = load_case(session, number, by=by, at=at)
    step = next((each for each in case.application.steps if each.key == key), None)
    wanted = next((each for each in case.item.materials if each.key == material), None)
    if step is None or wanted is None or not may(by, "step:decide", step):
        raise NotFound
    if wanted.steps and key not in wanted.steps:
        raise NotFound
    last_sent = select(func.max(Submission.at)).where(Submission.application_id == case.application.id)
    found = session.scalar(
        select(Material).where(
            Material.application_id == case.application.id,
            Material.key == material,
            Material.version == version,
            Material.added_at <= last_sent.scalar_subquery(),
        )
    )
    if found is None:
        raise NotFound
    is_open = found.reused_from is not None and case.application.decided_at is None  # what a decision rests on is kept
    if is_open and found.reused_from in withdrawn_from(session, case.application.id):
        raise NotFound
    return opened(found.name, found.file)
