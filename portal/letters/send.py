"""Write a letter into the recipients' messages, once per event and recipient."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from approvals.commands.write_letter import SERVED, write
from approvals.queries import for_change

if TYPE_CHECKING:
    from approvals.clock.moment import Moment


def write_letter(data: Mapping[str, Any], at: Moment) -> Callable[[Any, Moment], None]:
    """The words are made when the letter is read, in the reader's language."""

    def effect(session: Any, moment: Moment) -> None:
        if data["event"] in SERVED:
            for_change.lock(session, data["application"])
        write(session, application_id=data["application"], sequence=data["sequence"], kind=data["event"], at=moment)

    return effect
