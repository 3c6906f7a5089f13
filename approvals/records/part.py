"""Whom the parts of an application belong to, as the policy asks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.orm import Mapped

    from approvals.records.application import Application


class OfDepartment:
    """A part of an application that one department has."""

    if TYPE_CHECKING:
        application_id: Mapped[int]
        department_code: Mapped[str]

    @property
    def concerns(self) -> int:
        return self.application_id

    @property
    def departments(self) -> frozenset[str]:
        return frozenset({self.department_code})


class OfApplicant(OfDepartment):
    """It is the affair of whoever applied."""

    if TYPE_CHECKING:
        application: Mapped[Application]

    @property
    def owner_account(self) -> int | None:
        return self.application.owner_account

    @property
    def owner_organisation(self) -> int | None:
        return self.application.owner_organisation

    @property
    def item_code(self) -> str:
        return self.application.item_code


class OfOffice(OfDepartment):
    """Nobody's own: it is about an office, which does not learn from it whose application it is."""

    @property
    def owner_account(self) -> None:
        return None

    @property
    def owner_organisation(self) -> None:
        return None

    @property
    def item_code(self) -> str:
        return ""
