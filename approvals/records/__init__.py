"""The tables, one aggregate a file; importing this package knows them all."""

from approvals.records import (
    application,
    base,
    catalogue,
    certificate,
    correction,
    event,
    extension,
    intervention,
    letter,
    material,
    outbox,
    pause,
    people,
    sequence,
    step,
    supervision,
)

__all__ = [
    "application",
    "base",
    "catalogue",
    "certificate",
    "correction",
    "event",
    "extension",
    "intervention",
    "letter",
    "material",
    "outbox",
    "pause",
    "people",
    "sequence",
    "step",
    "supervision",
]
