"""The verifier without the portal finds every attack that the portal finds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import x509

from approvals.certificates import authority
from approvals.certificates.examine import Verdict
from approvals.certificates.judge import look
from approvals.certificates.trust import Trust
from tests.approvals.certificates import attacks
from tests.approvals.certificates.samples import EXAMINED_AT, PERMIT
from tests.verifier import verifier

ATTACKS: Mapping[str, Callable[[bytes], bytes]] = {
    "another title appended": attacks.revised,
    "a white sheet appended": attacks.covered,
    "the page taken out by an appended revision": attacks.shortened,
    "the form emptied by an appended revision": attacks.stripped,
    "the field emptied by an appended revision": attacks.emptied,
    "the signature taken out": attacks.unsigned,
    "a script put in": attacks.with_script,
    "encrypted": attacks.encrypted,
    "a space appended": lambda pdf: pdf + b" ",
    "a line put before it": lambda pdf: b"%!\n" + pdf,
    "half of it": lambda pdf: pdf[: len(pdf) // 2],
}


def judged(pdf: bytes, trust: Trust) -> dict[str, Any]:
    roots = [x509.Certificate.load(der) for der in trust.roots]
    told: dict[str, Any] = verifier().verify(pdf, roots=roots, stamps=[], revoked=[], at=EXAMINED_AT)
    return told


def test_a_signed_certificate_is_valid_and_says_what_stands_on_it(signed_paper: bytes, trusted_roots: Trust) -> None:
    told = judged(signed_paper, trusted_roots)
    assert (told["verdict"], told["data"]["number"]) == ("valid", PERMIT.number)


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_invalid_here_and_there(signed_paper: bytes, trusted_roots: Trust, attack: str) -> None:
    altered = ATTACKS[attack](signed_paper)
    told = judged(altered, trusted_roots)
    assert (told["verdict"], "data" in told) == ("invalid", False)
    assert look(altered, trusted_roots, EXAMINED_AT).verdict is Verdict.INVALID


def test_whoever_signs_it_anew_is_unknown(signed_paper: bytes, trusted_roots: Trust, tmp_path: Path) -> None:
    authority.ensure(tmp_path)
    told = judged(attacks.resigned(signed_paper, authority.signer(tmp_path)), trusted_roots)
    assert (told["verdict"], told["reason"]) == ("invalid", "unknown_issuer")


@pytest.mark.parametrize("count", [25, pytest.param(500, marks=pytest.mark.soak)])
def test_turned_bits_are_found(signed_paper: bytes, trusted_roots: Trust, count: int) -> None:
    verdicts = {judged(attacks.flipped(signed_paper, 5000 + seed), trusted_roots)["verdict"] for seed in range(count)}
    assert verdicts == {"invalid"}
