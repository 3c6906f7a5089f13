"""Files that were taken while no virus scanner answered, and which applications hold one of them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.records.application import Application
from approvals.records.material import Material, StoredFile


def unscanned(session: Session, most: int, after: str = "") -> Sequence[str]:
    """Their digests in order, the next ones `after` this."""
    waiting = select(StoredFile.sha256).where(StoredFile.scan == "not_scanned", StoredFile.sha256 > after)
    return session.scalars(waiting.order_by(StoredFile.sha256).limit(most)).all()


def holders(session: Session, sha256: str) -> Sequence[int]:
    """Ids of the applications that were sent in and have it among their materials, in order."""
    found = select(Application.id).join(Application.materials).where(Material.sha256 == sha256)
    return session.scalars(found.where(Application.number.is_not(None)).distinct().order_by(Application.id)).all()
