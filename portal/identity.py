"""Who somebody is: the door to the national identity service, and what stands in for it in a demonstration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from flask import current_app

from approvals.errors import IdentityMismatch, NotConnected, OrganisationMismatch
from approvals.vocabulary import Proof

if TYPE_CHECKING:
    from config import Settings

KEY = "identity service"
STRANGER = "查无此人"
"""The name that the demonstration's service does not know."""
NO_ORGANISATION = "查无此单位"
"""Likewise of an organisation."""


class IdentityService(Protocol):
    """国家政务服务平台统一身份认证 and its like. A city puts its own client into `app.extensions[KEY]`."""

    def examine(self, name: str, identity_number: str) -> Proof:
        """How well it is proven that they belong together; IdentityMismatch when they do not."""

    def examine_representative(self, name: str, identity_number: str, organisation: str, credit_code: str) -> None:
        """IdentityMismatch unless this person is the organisation's legal representative, OrganisationMismatch unless
        the code is registered under that name; NotConnected where nobody can be asked.
        """


class Demonstration:
    """示例: knows every consistent number by every name but one. It asks nobody, and its proof is called so."""

    def examine(self, name: str, identity_number: str) -> Proof:
        if name == STRANGER:
            raise IdentityMismatch
        return Proof.DEMONSTRATION

    def examine_representative(self, name: str, identity_number: str, organisation: str, credit_code: str) -> None:
        """示例: everybody represents what they say, but for one name that it does not know."""
        if organisation == NO_ORGANISATION:
            raise OrganisationMismatch


class Unconnected:
    """No service: that the number can be right was found by the form, and no more is claimed."""

    def examine(self, name: str, identity_number: str) -> Proof:
        return Proof.CONSISTENT

    def examine_representative(self, name: str, identity_number: str, organisation: str, credit_code: str) -> None:
        """Nobody can say: it is done at a service counter."""
        raise NotConnected(channel="identity")


def identity_service() -> IdentityService:
    settings: Settings = current_app.extensions["settings"]
    connected: IdentityService | None = current_app.extensions.get(KEY)
    return connected or (Demonstration() if settings.demonstration else Unconnected())
