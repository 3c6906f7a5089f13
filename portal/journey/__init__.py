"""The path applicants share: task list, questions, materials, check, submit, receipt, tracker."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("journey", __name__)
