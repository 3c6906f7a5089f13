"""Which files of the storage the register of files knows."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.records.material import StoredFile


def known_files(session: Session, digests: Collection[str]) -> frozenset[str]:
    return frozenset(session.scalars(select(StoredFile.sha256).where(StoredFile.sha256.in_(digests))))
