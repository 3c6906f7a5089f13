"""Where an answer comes from that nobody typed in this draft, in words: at its question and where all is checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from approvals.queries.draft import Draft
from approvals.vocabulary import Origin, OriginKind
from portal.ui import text
from services.current import catalogue


def origin_of(draft: Draft, key: str) -> str:
    """Nothing where it was typed or changed here."""
    origin = draft.origins.get(key)
    return _words(origin) if origin is not None and key in draft.answers else ""


def with_origins(draft: Draft, fields: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The parameters of a page's questions, each with where its first value comes from."""
    return [{**each, "origin": origin_of(draft, each["name"])} for each in fields]


def _words(origin: Origin) -> str:
    item = catalogue().items.get(origin.item)
    name = text(item.name) if item else origin.item
    match origin.kind:
        case OriginKind.ACCOUNT:
            return _("来自您的账号，不对请改。")
        case OriginKind.ORGANISATION:
            return _("来自单位账号，不对请改。")
        case OriginKind.CERTIFICATE:
            return _("来自证照 %(number)s（%(item)s），不对请改。", number=origin.number, item=name)
        case OriginKind.APPLICATION:
            return _("来自办件 %(number)s（%(item)s），不对请改。", number=origin.number, item=name)
        case OriginKind.CARRIED:
            return _("来自您刚才的回答，不对请改。")
