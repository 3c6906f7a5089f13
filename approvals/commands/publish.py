"""Publish the catalogue: departments, regions and item revisions become rows that running applications hold on to."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.records.catalogue import ItemRevision
from approvals.records.people import Department, Region
from services import item as words
from services.revision import revision_of


def publish(
    session: Session,
    *,
    regions: Iterable[words.Region],
    departments: Iterable[words.Department],
    items: Iterable[words.Item],
    at: Moment,
) -> int:
    """Idempotent: what is published already, by hash, stays as it is. The number of new revisions.

    Rows of departments and regions win over the files, so an existing one is never overwritten.
    """
    _places(session, regions, departments)
    known = {(code, sha256) for code, sha256 in session.execute(select(ItemRevision.item_code, ItemRevision.sha256))}
    newest: dict[str, int] = dict(
        session.execute(
            select(ItemRevision.item_code, func.max(ItemRevision.number)).group_by(ItemRevision.item_code)
        ).all()
    )
    added = 0
    for item in items:
        revision = revision_of(item)
        if (revision.code, revision.sha256) not in known:
            number = newest.get(revision.code, 0) + 1
            session.add(
                ItemRevision(
                    item_code=revision.code,
                    number=number,
                    sha256=revision.sha256,
                    content=revision.content,
                    published_at=at.instant,
                )
            )
            added += 1
    return added


def _places(session: Session, regions: Iterable[words.Region], departments: Iterable[words.Department]) -> None:
    kept_regions = set(session.scalars(select(Region.code)))
    for region in regions:
        if region.code not in kept_regions:
            session.add(
                Region(
                    code=region.code,
                    name_zh=region.name.zh,
                    name_en=region.name.in_language("en"),
                    level=region.level,
                    parent_code=region.parent,
                    is_demonstration=region.is_demonstration,
                )
            )
            session.flush()  # a district refers to its city
    kept = set(session.scalars(select(Department.code)))
    for department in sorted(departments, key=lambda each: each.parent is not None):
        if department.code not in kept:
            session.add(
                Department(
                    code=department.code,
                    name_zh=department.name.zh,
                    name_en=department.name.in_language("en"),
                    duty=department.duty,
                    level=department.level,
                    region=department.region,
                    parent_code=department.parent,
                    credit_code=department.credit_code,
                    is_demonstration=department.is_demonstration,
                )
            )
            session.flush()  # a bureau refers to the one above it
