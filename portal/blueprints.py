"""Which doors there are."""

from __future__ import annotations

from flask import Flask

from portal.administration import policy as _policy
from portal.administration.views import blueprint as administration
from portal.api.certificates import blueprint as api
from portal.auth import account as _account
from portal.auth import feeds as _feeds
from portal.auth import mandates as _mandates
from portal.auth import registering as _registering
from portal.auth import second as _second
from portal.auth import welcome as _welcome
from portal.auth.views import blueprint as auth
from portal.business.views import blueprint as business
from portal.citizen import copies as _copies
from portal.citizen import materials as _materials
from portal.citizen.views import blueprint as citizen
from portal.clerk import assigning as _assigning
from portal.clerk import batching as _batching
from portal.clerk import certificates as _certificates
from portal.clerk import drawings as _drawings
from portal.clerk import explaining as _explaining
from portal.clerk import looking as _looking
from portal.clerk import making as _making
from portal.clerk import noting as _noting
from portal.clerk import orders as _answered
from portal.clerk import owing as _owing
from portal.clerk import papers as _papers
from portal.clerk import people as _people
from portal.clerk import proposing as _proposing
from portal.clerk import ratings as _ratings
from portal.clerk import saved_views as _saved_views
from portal.clerk import talking as _answering
from portal.clerk import writing as _writing
from portal.clerk.views import blueprint as clerk
from portal.counter.views import blueprint as counter
from portal.health import blueprint as health
from portal.journey import blueprint as journey
from portal.journey import bundling as _bundling
from portal.journey import listing as _listing
from portal.journey import many as _many
from portal.journey import objecting as _objecting
from portal.journey import pieces as _pieces
from portal.journey import promising as _promising
from portal.journey import rating as _rating
from portal.journey import sections as _sections
from portal.journey import sending as _sending
from portal.journey import talking as _talking
from portal.journey import tracker as _tracker
from portal.journey import views as _journey
from portal.journey import writs as _writs
from portal.manager import bulletin as _bulletin
from portal.manager import credit as _credit
from portal.manager import opening as _opening
from portal.manager import orders as _ordered
from portal.manager import people as _workers
from portal.manager import process as _process
from portal.manager import ratings as _overseen
from portal.manager import times as _times
from portal.manager.views import blueprint as manager
from portal.office.calendar import blueprint as office
from portal.public import blueprint as public
from portal.public import bundles as _bundles
from portal.public import installable as _installable
from portal.public import keys as _keys
from portal.public import precheck as _precheck
from portal.public import satisfaction as _satisfaction
from portal.public import statistics as _statistics
from portal.public import verify as _verify
from portal.public import views as _public

ROUTES = (
    _policy,
    _second,
    _welcome,
    _account,
    _assigning,
    _feeds,
    _mandates,
    _registering,
    _owing,
    _answered,
    _ordered,
    _workers,
    _papers,
    _people,
    _proposing,
    _noting,
    _batching,
    _drawings,
    _explaining,
    _looking,
    _making,
    _saved_views,
    _bulletin,
    _credit,
    _opening,
    _process,
    _writing,
    _journey,
    _listing,
    _many,
    _bundling,
    _bundles,
    _installable,
    _keys,
    _pieces,
    _times,
    _precheck,
    _promising,
    _tracker,
    _public,
    _verify,
    _writs,
    _certificates,
    _ratings,
    _rating,
    _overseen,
    _satisfaction,
    _sections,
    _talking,
    _answering,
    _objecting,
    _copies,
    _materials,
    _sending,
    _statistics,
)
"""Modules whose import puts their routes on a shared blueprint."""

DOORS = (public, auth, journey, citizen, business, clerk, counter, office, manager, administration, api, health)


def register(app: Flask) -> None:
    for door in DOORS:
        app.register_blueprint(door)
