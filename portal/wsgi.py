"""What a WSGI server loads: `portal.wsgi:app`."""

from __future__ import annotations

from portal import create_app
from portal.memory import settle_in
from services.current import catalogue

app = create_app()
catalogue().index.warm()
settle_in()
