"""Keep the paper of a writ: the first one made is the one that is handed out ever after."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.records.certificate import Lift
from approvals.records.material import StoredFile
from approvals.records.writ import WritPaper
from approvals.vocabulary import SignatureLevel


def keep_paper(
    session: Session,
    writ_id: int,
    language: str,
    *,
    sha256: str,
    signed_sha256: str,
    signer: str,
    size: int,
    is_to_be_lifted: bool,
    at: Moment,
) -> str:
    """The digest of the paper that counts; called with the application locked. The writ stays as it is, its signature
    gets time-stamps and evidence afterwards where an authority is configured: what it tells has no end. A paper whose
    key was revoked gives way to the new one.
    """
    kept = session.scalar(select(WritPaper).where(WritPaper.writ_id == writ_id, WritPaper.language == language))
    if kept is not None and not kept.is_unsound:
        return kept.sha256
    if session.get(StoredFile, sha256) is None:
        session.add(
            StoredFile(
                sha256=sha256, size=size, media_type="application/pdf", pages=None, scan="own", created_at=at.instant
            )
        )
        session.flush()  # the paper refers to it
    paper = kept or WritPaper(writ_id=writ_id, language=language)
    paper.sha256, paper.made_at, paper.level = sha256, at.instant, SignatureLevel.B_B
    paper.signed_sha256, paper.signer = signed_sha256, signer
    paper.is_unsound, paper.key_revoked_since = False, None
    if paper.lift is not None:
        session.delete(paper.lift)
        session.flush()
    if is_to_be_lifted:
        paper.lift = Lift(wanted=SignatureLevel.B_LTA, due_at=at.instant, attempts=0)
    session.add(paper)
    return sha256
