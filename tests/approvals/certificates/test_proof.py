"""What is made is believed: whenever it is made, by whichever key, it is looked at before it enters the register."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import x509

from approvals.certificates import authority, signatories
from approvals.certificates.content import Paper
from approvals.certificates.desk import Desk
from approvals.certificates.examine import WRIT, Reason, Verdict
from approvals.certificates.judge import look
from approvals.certificates.make import make
from approvals.certificates.proof import Unproven
from approvals.certificates.seal import sign
from approvals.certificates.signatories import NoSignatory
from approvals.certificates.trust import trusted
from approvals.certificates.writ_paper import make_writ
from approvals.vocabulary import WritKind
from tests.approvals.certificates.samples import EXAMINED_AT, PERMIT, SIGNED_AT
from tests.approvals.certificates.writs import writ
from tests.outside_authority import Authority
from tests.verifier import verifier

CODE = "ZJ510100"
GRANTED_ON = date(2026, 5, 15)
ROTATED_AT = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
MADE_AT = datetime(2026, 6, 3, 2, 0, tzinfo=UTC)


@pytest.fixture
def keys(tmp_path: Path, authority_keys: Path) -> Path:
    """In which the department has a key of before."""
    place = Path(shutil.copytree(authority_keys, tmp_path / "keys"))
    signatories.signatory(place, CODE, PERMIT.issuer, SIGNED_AT)
    return place


def made(keys: Path, at: datetime) -> bytes:
    """The permit, granted in May and made when it was."""
    content: dict[str, Any] = {
        "template": PERMIT.template,
        "title": PERMIT.title,
        "statement": PERMIT.statement,
        "holder": PERMIT.holder,
        "issuer": PERMIT.issuer,
        "issuer_code": PERMIT.issuer_code,
        "fields": [list(field) for field in PERMIT.fields],
        "notes": list(PERMIT.notes),
        "issued_on": GRANTED_ON.isoformat(),
    }
    paper = Paper(PERMIT.number, PERMIT.identifier, PERMIT.code, content, None, CODE)
    return make(paper, Desk(keys), public_url="https://city.example", is_demonstration=True, at=at).pdf


def test_what_was_granted_before_the_key_had_begun_says_when_it_was_made_and_is_believed(keys: Path) -> None:
    key = signatories.rotate(keys, CODE, PERMIT.issuer, ROTATED_AT)
    assert key.certificate.not_valid_before == ROTATED_AT, "a rotated key has a true beginning"
    pdf = made(keys, MADE_AT)
    found = look(pdf, trusted(keys), EXAMINED_AT)
    assert (found.verdict, found.reason) == (Verdict.VALID, Reason.SIGNED_WHOLE)
    assert found.signed_at == MADE_AT
    assert found.sheet is not None
    assert found.sheet["issued_on"] == GRANTED_ON.isoformat(), "the day on the paper is that of the grant"


def test_a_writ_first_asked_for_after_a_rotation_is_believed(keys: Path) -> None:
    signatories.rotate(keys, CODE, PERMIT.issuer, ROTATED_AT)
    pdf = make_writ(writ(WritKind.RECEIPT), Desk(keys), CODE, MADE_AT)
    found = look(pdf, trusted(keys), EXAMINED_AT)
    assert (found.verdict, found.paper, found.signed_at) == (Verdict.VALID, WRIT, MADE_AT)


def test_a_key_laid_ahead_of_its_day_waits_for_it(keys: Path) -> None:
    later = signatories.rotate(keys, CODE, PERMIT.issuer, ROTATED_AT)
    before = ROTATED_AT - timedelta(days=1)
    assert signatories.signatory(keys, CODE, PERMIT.issuer, before).number == later.number - 1
    assert look(made(keys, before), trusted(keys), EXAMINED_AT).verdict is Verdict.VALID


def test_where_no_certificate_is_valid_that_day_nothing_is_signed(keys: Path) -> None:
    with pytest.raises(NoSignatory, match="valid at 2019-01-01"):
        signatories.signatory(keys, CODE, PERMIT.issuer, datetime(2019, 1, 1, tzinfo=UTC))


def test_what_our_own_verifier_does_not_believe_never_leaves_the_desk(keys: Path, outside_authority: Authority) -> None:
    """A key of an authority whose root was forgotten; and one that its authority has revoked."""
    folder = keys / signatories.FOLDER / CODE / "0002"
    folder.mkdir()
    (folder / "certificate.pem").write_bytes(outside_authority.pem("signer") + outside_authority.pem("root"))
    (folder / "signing.key").touch(mode=0o600)
    (folder / "signing.key").write_bytes(outside_authority.key("signer"))
    with pytest.raises(Unproven, match="unknown_issuer"):
        made(keys, MADE_AT)
    with pytest.raises(Unproven, match="unknown_issuer"):
        make_writ(writ(WritKind.RECEIPT), Desk(keys), CODE, MADE_AT)
    shutil.rmtree(folder)
    (own,) = signatories.history(keys, CODE)
    serial = own.certificate.serial_number
    authority.revoke(keys, serial, since=MADE_AT - timedelta(hours=1), is_compromised=True, at=MADE_AT)
    (keys / authority.FOLDER / authority.REVOKED_FILE).rename(keys / authority.FOLDER / "outside.crl")
    with pytest.raises(Unproven, match="signer_revoked"):
        made(keys, MADE_AT)


def test_a_signature_that_states_a_time_to_come_cannot_be_decided(keys: Path, plain_paper: bytes) -> None:
    """Whoever has an ended or stolen key writes any time into it."""
    _who, signer = signatories.chosen(Desk(keys), CODE, PERMIT.issuer, SIGNED_AT)
    roots = [x509.Certificate.load(der) for der in trusted(keys).roots]
    for ahead, verdict, reason in (
        (timedelta(minutes=4), Verdict.VALID, Reason.SIGNED_WHOLE),
        (timedelta(minutes=6), Verdict.UNDECIDED, Reason.SIGNED_AHEAD),
        (timedelta(days=365), Verdict.UNDECIDED, Reason.SIGNED_AHEAD),
    ):
        pdf = sign(plain_paper, signer, at=EXAMINED_AT + ahead, reason=PERMIT.title)
        found = look(pdf, trusted(keys), EXAMINED_AT)
        assert (found.verdict, found.reason) == (verdict, reason)
        told = verifier().verify(pdf, roots=roots, stamps=[], revoked=[], at=EXAMINED_AT)
        assert (told["verdict"], told["reason"]) == (str(verdict), str(reason))
