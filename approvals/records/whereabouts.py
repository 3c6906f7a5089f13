"""Whereabouts: the addresses of an application as keyed hashes, so that they are found although they are encrypted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from approvals.records.base import Digest, Record
from approvals.records.secrecy import keyring
from services.answers import PIN_PARTS

SHORTEST = 2
"""Signs; a shorter piece would be found everywhere."""

DIVISION = re.compile(r"^(四川省)?(成都市)?([一-鿿]{1,4}?(区|县|市))?")
STREET = re.compile(r"^[^\d]+")
NUMBER = re.compile(r"^.*?\d+号")
BUILDING = re.compile(r"号([^\d]+)")


class Whereabouts(Record):
    """One piece of an address: the whole, up to the number, the street, or the building."""

    __tablename__ = "whereabouts"
    __table_args__ = (Index("ix_whereabouts_mark", "mark", "application_id"),)

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), primary_key=True)
    mark: Mapped[Digest] = mapped_column(primary_key=True)


def plain(address: str) -> str:
    """However it was typed: full width and spaces make no difference, nor does the division before the street."""
    written = "".join(unicodedata.normalize("NFKC", address).split()).upper()
    return DIVISION.sub("", written) or written


def pieces(address: str) -> frozenset[str]:
    """By what an address is asked for."""
    whole = plain(address)
    building = BUILDING.search(whole)
    found = [match[0] for match in (STREET.match(whole), NUMBER.match(whole)) if match]
    candidates = [whole, *found, *([building[1]] if building else [])]
    return frozenset(piece for piece in candidates if len(piece) >= SHORTEST)


def sites(addresses: Iterable[str]) -> frozenset[str]:
    """The keyed hashes by which a place is found again: up to its number; without one it may be a whole street."""
    found = (NUMBER.match(plain(address)) for address in addresses)
    return frozenset(mark(match[0]) for match in found if match)


def marks(addresses: Iterable[str]) -> frozenset[str]:
    """The keyed hashes of all their pieces."""
    return frozenset(mark(piece) for address in addresses for piece in pieces(address))


def mark(piece: str) -> str:
    """Not the mark of the same text where it is something else than an address."""
    return keyring().mark(f"address:{plain(piece)}")


def addresses_in(content: object) -> Iterator[str]:
    """Of answers as they are kept, entries of tables included."""
    match content:
        case {"region": str(), "detail": str(detail), **rest} if rest.keys() <= set(PIN_PARTS):
            yield detail
        case dict():
            for part in content.values():
                yield from addresses_in(part)
        case list():
            for part in content:
                yield from addresses_in(part)


def note(session: Session, application_id: int, content: object) -> None:
    """Add what the answers say that is not known yet; what the application said before is still found."""
    wanted = marks(addresses_in(content))
    if not wanted:
        return
    known = set(session.scalars(select(Whereabouts.mark).where(Whereabouts.application_id == application_id)))
    session.add_all(Whereabouts(application_id=application_id, mark=each) for each in sorted(wanted - known))
