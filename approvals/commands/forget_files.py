"""Forget the files that nobody refers to any more: those of discarded drafts."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.records.certificate import Certificate, PastVersion
from approvals.records.copy import CertificateCopy
from approvals.records.material import Material, StoredFile
from approvals.records.message import MessageFile
from approvals.records.obligation import ObligationAct
from approvals.records.writ import WritPaper

KEPT = timedelta(days=1)
"""How long after it was last handed in."""
MOST = 500
"""At one time: others wait to write while files are forgotten."""


def forget_files(session: Session, *, at: Moment) -> list[str]:
    """Their digests, MOST at the most. The bytes are still in the storage, from where they go later.

    Somebody may hand the same bytes in at this moment: that moves `created_at`, which the database looks at again
    before it deletes (approvals.commands.attach).
    """
    unused = (
        select(StoredFile.sha256)
        .where(
            StoredFile.created_at < at.instant - KEPT,
            ~exists().where(Material.sha256 == StoredFile.sha256),
            ~exists().where(Certificate.sha256 == StoredFile.sha256),
            ~exists().where(CertificateCopy.sha256 == StoredFile.sha256),
            ~exists().where(MessageFile.sha256 == StoredFile.sha256),
            ~exists().where(ObligationAct.file_sha256 == StoredFile.sha256),
            ~exists().where(PastVersion.sha256 == StoredFile.sha256),
            ~exists().where(WritPaper.sha256 == StoredFile.sha256),
        )
        .limit(MOST)
    )
    digests = session.scalars(unused).all()
    forgetting = delete(StoredFile).where(StoredFile.sha256.in_(digests), StoredFile.created_at < at.instant - KEPT)
    return list(session.scalars(forgetting.returning(StoredFile.sha256)))
