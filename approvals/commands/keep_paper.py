"""Keep the paper of a writ: the first one made is the one that is handed out ever after."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.records.material import StoredFile
from approvals.records.writ import WritPaper


def keep_paper(session: Session, writ_id: int, language: str, *, sha256: str, size: int, at: Moment) -> str:
    """The digest of the paper that counts; called with the application locked. The writ stays as it is."""
    kept = session.scalar(select(WritPaper.sha256).where(WritPaper.writ_id == writ_id, WritPaper.language == language))
    if kept is not None:
        return kept
    if session.get(StoredFile, sha256) is None:
        session.add(
            StoredFile(
                sha256=sha256, size=size, media_type="application/pdf", pages=None, scan="own", created_at=at.instant
            )
        )
        session.flush()  # the paper refers to it
    session.add(WritPaper(writ_id=writ_id, language=language, sha256=sha256, made_at=at.instant))
    return sha256
