"""The door everybody may use: home, search, service guides, departments, verification; no account needed."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("public", __name__)
