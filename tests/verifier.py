"""The verifier for third parties, which is no part of any package, loaded from its file."""

from __future__ import annotations

from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from typing import Any

from config import ROOT


@cache
def verifier() -> Any:
    """Its functions, as a program that imported it would see them."""
    spec = spec_from_file_location("verify_certificate", ROOT / "deploy" / "verify_certificate.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
