"""Each level of signature, proved from outside by its structure, against a real authority that runs in the tests."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import cms, crl, tsp

from approvals.certificates import authority, lift
from approvals.certificates.desk import Desk, Stamping
from approvals.certificates.examine import Examination, Reason, Verdict
from approvals.certificates.judge import look
from approvals.certificates.levels import wanted_level
from approvals.certificates.lift import signed_digest
from approvals.certificates.paper import render
from approvals.certificates.seal import sign
from approvals.certificates.signatories import chosen
from approvals.certificates.trust import Trust, trusted
from approvals.certificates.writ_paper import render_writ
from approvals.vocabulary import SignatureLevel, WritKind
from tests.approvals.certificates import attacks
from tests.approvals.certificates.samples import EXAMINED_AT, PERMIT, RARE, RARE_SHEETS, SIGNED_AT
from tests.approvals.certificates.test_seal import said
from tests.approvals.certificates.writs import writ
from tests.fixtures.outside_authority import LIFTED_AT
from tests.outside import require_tool
from tests.outside_authority import Authority

B_B, B_T, B_LT, B_LTA = SignatureLevel
Lifted = dict[SignatureLevel, bytes]


def examined(pdf: bytes, trust: Trust, *, at: datetime) -> Examination:
    """Without the process apart, whose limits are of its own tests."""
    return look(pdf, trust, at)


def contents(pdf: bytes, field: int = 0) -> cms.SignedData:
    """The CMS object of a signature field, read with pikepdf and asn1crypto alone."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        raw = bytes(document.Root.AcroForm.Fields[field].V.Contents)
    return cms.ContentInfo.load(raw, strict=False)["content"]


def stamp_of(signed: cms.SignedData) -> tsp.TSTInfo:
    return signed["encap_content_info"]["content"].parsed


# The structure, as somebody sees it who shares no code with the portal.


def test_b_b_has_no_time_stamp_and_no_evidence(lifted: Lifted) -> None:
    (signer,) = contents(lifted[B_B])["signer_infos"]
    names = {each["type"].native for each in signer["signed_attrs"]}
    assert {"signing_certificate_v2", "message_digest", "content_type"} <= names
    assert not list(signer["unsigned_attrs"] or ())
    with pikepdf.open(io.BytesIO(lifted[B_B])) as document:
        assert "/DSS" not in document.Root


def test_b_t_carries_a_token_over_the_value_of_the_signature(lifted: Lifted) -> None:
    (signer,) = contents(lifted[B_T])["signer_infos"]
    (attribute,) = signer["unsigned_attrs"]
    assert attribute["type"].native == "signature_time_stamp_token"
    told = stamp_of(attribute["values"][0]["content"])
    imprint = told["message_imprint"]
    assert imprint["hash_algorithm"]["algorithm"].native == "sha256"
    assert imprint["hashed_message"].native == hashlib.sha256(signer["signature"].native).digest()
    assert told["gen_time"].native == LIFTED_AT


def test_b_lt_carries_the_chains_and_the_revocation_lists_of_both_keys(lifted: Lifted, shared_desk: Desk) -> None:
    with pikepdf.open(io.BytesIO(lifted[B_LT])) as document:
        store = document.Root.DSS
        lists = [crl.CertificateList.load(bytes(each.read_bytes())) for each in store.CRLs]
        certificates = len(store.Certs)
    ours = crl.CertificateList.load((shared_desk.keys / authority.FOLDER / authority.REVOKED_FILE).read_bytes())
    assert {each.issuer.native["common_name"] for each in lists} == {"测试 root", ours.issuer.native["common_name"]}
    assert certificates >= 2


def test_b_lta_ends_in_a_time_stamp_over_the_whole_file(lifted: Lifted) -> None:
    pdf = lifted[B_LTA]
    with pikepdf.open(io.BytesIO(pdf)) as document:
        stamp = document.Root.AcroForm.Fields[1].V
        assert (str(stamp.Type), str(stamp.SubFilter)) == ("/DocTimeStamp", "/ETSI.RFC3161")
        first, length, second, rest = (int(each) for each in stamp.ByteRange)
    assert (first, second + rest) == (0, len(pdf))
    told = stamp_of(contents(pdf, 1))
    assert told["message_imprint"]["hashed_message"].native == hashlib.sha256(pdf[:length] + pdf[second:]).digest()


def test_from_level_to_level_nothing_that_was_signed_changes(lifted: Lifted) -> None:
    assert len({signed_digest(pdf) for pdf in lifted.values()}) == 1
    for lower, higher in ((B_T, B_LT), (B_LT, B_LTA)):
        assert lifted[higher].startswith(lifted[lower])


@pytest.mark.parametrize("level", list(SignatureLevel))
def test_pdfsig_and_qpdf_find_each_level_good(lifted: Lifted, level: SignatureLevel, tmp_path: Path) -> None:
    file = tmp_path / "permit.pdf"
    file.write_bytes(lifted[level])
    # pdfsig cannot check document time-stamps and says so by its exit status.
    answer = subprocess.run(
        [require_tool("pdfsig"), "-nocert", str(file)], capture_output=True, text=True, check=False
    ).stdout
    assert "Signature Validation: Signature is Valid." in answer
    assert "Signature Type: ETSI.CAdES.detached" in answer
    assert "No syntax or stream encoding errors found" in said("qpdf", "--check", file)


def test_openssl_verifies_the_token_of_b_t(lifted: Lifted, shared_authority: Authority, tmp_path: Path) -> None:
    (signer,) = contents(lifted[B_T])["signer_infos"]
    token = signer["unsigned_attrs"][0]["values"][0]
    (tmp_path / "token.der").write_bytes(token.dump())
    (tmp_path / "value").write_bytes(signer["signature"].native)
    (tmp_path / "root.pem").write_bytes(shared_authority.pem("root"))
    answer = said(
        "openssl", "ts", "-verify", "-data", tmp_path / "value", "-in", tmp_path / "token.der", "-token_in",
        "-CAfile", tmp_path / "root.pem",
    )  # fmt: skip
    assert "Verification: OK" in answer


LARGEST = 120_000


def test_a_certificate_at_b_t_has_at_most_120_kilobytes(lifted: Lifted) -> None:
    assert len(lifted[B_T]) <= LARGEST


def at_b_t(pdf: bytes, desk: Desk) -> bytes:
    _who, signer = chosen(desk, "ZJ510100", PERMIT.issuer, SIGNED_AT)
    done = lift.lift(sign(pdf, signer, at=SIGNED_AT, reason="示例"), B_T, desk, at=LIFTED_AT)
    assert done.level is B_T
    return done.pdf


@pytest.mark.parametrize("name", RARE_SHEETS)
def test_rare_characters_and_copies_keep_within_120_kilobytes_at_b_t(name: str, shared_desk: Desk) -> None:
    assert len(at_b_t(render(RARE_SHEETS[name]), shared_desk)) <= LARGEST


@pytest.mark.parametrize("kind", list(WritKind))
def test_a_writ_about_a_rare_name_keeps_within_120_kilobytes_at_b_t(kind: WritKind, shared_desk: Desk) -> None:
    assert len(at_b_t(render_writ(writ(kind, addressee=RARE, title=f"{RARE}的申请")), shared_desk)) <= LARGEST


@pytest.mark.parametrize(
    "valid_until, has_stamps, expected",
    [
        (None, False, B_B),
        (None, True, B_LTA),
        (date(2027, 5, 15), True, B_LT),
        (date(2027, 5, 17), True, B_LTA),
        (date(2027, 5, 17), False, B_B),
    ],
)
def test_what_is_valid_longer_than_a_year_is_archived(
    valid_until: date | None, has_stamps: bool, expected: SignatureLevel
) -> None:
    assert wanted_level(issued_on=date(2026, 5, 15), valid_until=valid_until, has_stamps=has_stamps) is expected


# The verdict on each level.


@pytest.mark.parametrize("level", list(SignatureLevel))
def test_each_level_is_valid_and_says_what_it_proves(
    lifted: Lifted, shared_trust: Trust, level: SignatureLevel
) -> None:
    found = examined(lifted[level], shared_trust, at=EXAMINED_AT)
    assert (found.verdict, found.reason, found.level) == (Verdict.VALID, Reason.SIGNED_WHOLE, level)
    assert found.proven_at == (None if level is B_B else LIFTED_AT)
    assert found.digest == signed_digest(lifted[level])
    assert found.signer == f"{PERMIT.issuer}（示例）"


@pytest.mark.parametrize("level", [B_LT, B_LTA])
@pytest.mark.parametrize("alter", [attacks.revised, attacks.covered, lambda pdf: pdf + b"\n% a line\n%%EOF\n"])
def test_nothing_but_archive_additions_may_be_appended(
    lifted: Lifted, shared_trust: Trust, level: SignatureLevel, alter: object
) -> None:
    found = examined(alter(lifted[level]), shared_trust, at=EXAMINED_AT)  # type: ignore[operator]
    assert found.verdict is Verdict.INVALID
    assert found.reason in {Reason.ALTERED_AFTER_SIGNING, Reason.UNREADABLE}


@pytest.mark.soak
@pytest.mark.parametrize("level", [B_T, B_LT, B_LTA])
def test_a_hundred_turned_bits_are_found_at_each_higher_level(
    lifted: Lifted, shared_trust: Trust, level: SignatureLevel
) -> None:
    turned = (attacks.flipped(lifted[level], seed) for seed in range(2000, 2100))
    assert {look(pdf, shared_trust, EXAMINED_AT).verdict for pdf in turned} == {Verdict.INVALID}


def test_a_time_stamp_of_an_authority_that_is_not_configured_proves_nothing(
    lifted: Lifted, shared_trust: Trust
) -> None:
    found = examined(lifted[B_LTA], replace(shared_trust, stamps=()), at=EXAMINED_AT)
    assert (found.verdict, found.proven_at) == (Verdict.VALID, None)


def test_an_attackers_own_chain_with_its_own_time_stamps_is_unknown(
    desk: Desk, outside_authority: Authority, plain_paper: bytes, shared_trust: Trust
) -> None:
    """Complete up to the archive time-stamp, and every certificate brought along."""
    _who, signer = chosen(desk, "ZJ510100", PERMIT.issuer, SIGNED_AT)
    (desk.keys / authority.FOLDER / "root-own.pem").write_bytes(outside_authority.pem("root"))
    signed = sign(plain_paper, signer, at=SIGNED_AT, reason=PERMIT.title)
    forged = lift.lift(signed, B_LTA, desk, at=LIFTED_AT)
    assert (forged.level, forged.failure) == (B_LTA, None)
    found = examined(forged.pdf, shared_trust, at=EXAMINED_AT)
    # Its department's key was issued by our demonstration; with another root nobody believes it.
    stranger = replace(shared_trust, roots=trusted_elsewhere(desk))
    assert examined(forged.pdf, stranger, at=EXAMINED_AT).reason is Reason.UNKNOWN_ISSUER
    assert (found.verdict, found.proven_at) == (Verdict.VALID, None)


def trusted_elsewhere(desk: Desk) -> tuple[bytes, ...]:
    """The roots of another installation."""
    other = desk.keys.parent / "elsewhere"
    authority.ensure(other)
    return trusted(other).roots


# What the time proves.


def test_a_key_that_ended_is_no_reason_to_doubt_what_was_stamped_before(lifted: Lifted, shared_trust: Trust) -> None:
    later = EXAMINED_AT + timedelta(days=365 * 24)
    at_b_b = examined(lifted[B_B], shared_trust, at=later)
    assert (at_b_b.verdict, at_b_b.reason) == (Verdict.UNDECIDED, Reason.SIGNER_EXPIRED)
    kept = Trust(shared_trust.roots, shared_trust.stamps)
    # The key of the time-stamp authority ends in 2045: after that nothing is proven that was not renewed.
    assert examined(lifted[B_LTA], kept, at=EXAMINED_AT + timedelta(days=365 * 17)).verdict is Verdict.VALID
    assert examined(lifted[B_LTA], kept, at=later).reason is Reason.SIGNER_EXPIRED


def test_a_key_revoked_before_it_signed_is_not_believed_and_one_revoked_later_is_where_the_time_is_proven(
    lifted: Lifted, shared_desk: Desk, tmp_path: Path
) -> None:
    keys = Path(shutil.copytree(shared_desk.keys, tmp_path / "keys"))
    who, _signer = chosen(Desk(keys), "ZJ510100", PERMIT.issuer, SIGNED_AT)
    serial = who.certificate.serial_number
    after = LIFTED_AT + timedelta(days=1)
    authority.revoke(keys, serial, since=after, is_compromised=True, at=after)
    trust = trusted(keys)
    assert examined(lifted[B_T], trust, at=EXAMINED_AT).verdict is Verdict.VALID
    unproven = examined(lifted[B_B], trust, at=EXAMINED_AT)
    assert (unproven.verdict, unproven.reason, unproven.revoked_at) == (
        Verdict.UNDECIDED,
        Reason.REVOKED_LATER,
        after,
    )
    between = SIGNED_AT + timedelta(days=1)
    authority.revoke(keys, serial, since=between, is_compromised=True, at=after)
    trust = trusted(keys)
    for level in (B_T, B_LT, B_LTA):
        found = examined(lifted[level], trust, at=EXAMINED_AT)
        assert (found.verdict, found.reason) == (Verdict.INVALID, Reason.SIGNER_REVOKED)
    before = SIGNED_AT - timedelta(days=1)
    authority.revoke(keys, serial, since=before, is_compromised=True, at=after)
    assert examined(lifted[B_B], trusted(keys), at=EXAMINED_AT).reason is Reason.SIGNER_REVOKED


# Lifting, with an authority that fails.


def test_a_signer_of_an_outside_authority_is_lifted_with_its_answer(
    desk: Desk, outside_authority: Authority, plain_paper: bytes
) -> None:
    """Its certificate names an OCSP responder; the answer is embedded."""
    folder = desk.keys / "signers" / "CITY" / "0001"
    folder.mkdir(parents=True)
    (folder / "certificate.pem").write_bytes(outside_authority.pem("signer") + outside_authority.pem("root"))
    (folder / "signing.key").touch(mode=0o600)
    (folder / "signing.key").write_bytes(outside_authority.key("signer"))
    (desk.keys / authority.FOLDER / "root-city.pem").write_bytes(outside_authority.pem("root"))
    _who, signer = chosen(desk, "CITY", "测试", SIGNED_AT)
    done = lift.lift(sign(plain_paper, signer, at=SIGNED_AT, reason="证照"), B_LT, desk, at=LIFTED_AT)
    assert (done.level, done.failure) == (B_LT, None)
    assert "/city/ocsp/responder" in outside_authority.asked
    with pikepdf.open(io.BytesIO(done.pdf)) as document:
        assert len(document.Root.DSS.OCSPs) == 1
    assert examined(done.pdf, trusted(desk.keys), at=EXAMINED_AT).verdict is Verdict.VALID
    outside_authority.revoke("signer", LIFTED_AT - timedelta(days=3))
    again = lift.lift(sign(plain_paper, signer, at=SIGNED_AT, reason="证照"), B_LT, desk, at=LIFTED_AT)
    assert again.level is B_T
    assert "revoked" in str(again.failure)


def test_an_authority_that_is_down_leaves_the_file_as_it_is(
    desk: Desk, outside_authority: Authority, lifted: Lifted
) -> None:
    outside_authority.is_down = True
    done = lift.lift(lifted[B_B], B_LTA, desk, at=LIFTED_AT)
    assert (done.pdf, done.level) == (lifted[B_B], B_B)
    assert "503" in str(done.failure)
    nobody = replace(desk, stamping=Stamping("http://127.0.0.1:9/", seconds=0.5))
    assert "127.0.0.1" in str(lift.lift(lifted[B_B], B_T, nobody, at=LIFTED_AT).failure)


def test_a_clock_that_is_wrong_and_a_root_that_is_unknown_stamp_nothing(
    desk: Desk, outside_authority: Authority, lifted: Lifted
) -> None:
    outside_authority.at = LIFTED_AT + timedelta(minutes=6)
    assert "five minutes" in str(lift.lift(lifted[B_B], B_T, desk, at=LIFTED_AT).failure)
    outside_authority.at = LIFTED_AT - timedelta(minutes=4)
    assert lift.lift(lifted[B_B], B_T, desk, at=LIFTED_AT).failure is None
    (desk.keys / "stamps" / "city.pem").unlink()
    assert "no configured root" in str(lift.lift(lifted[B_B], B_T, desk, at=LIFTED_AT).failure)


def test_an_archive_time_stamp_is_renewed_before_its_key_ends(
    desk: Desk, outside_authority: Authority, lifted: Lifted
) -> None:
    short = replace(desk, stamping=Stamping(outside_authority.short_stamping_url))
    done = lift.lift(lifted[B_B], B_LTA, short, at=LIFTED_AT)
    assert done.renew_at is not None
    assert timedelta(days=40) < datetime(2027, 6, 1, tzinfo=UTC) - done.renew_at <= lift.MARGIN
    outside_authority.at = done.renew_at
    renewed = lift.renew(done.pdf, desk, at=done.renew_at)
    assert (renewed.level, renewed.failure) == (B_LTA, None)
    assert renewed.pdf.startswith(done.pdf)
    assert renewed.renew_at is not None
    assert renewed.renew_at.year == 2044
    # After the first key has ended the renewed file still proves the first time; the other one no longer does.
    after = done.renew_at + timedelta(days=1000)
    trust = Trust(trusted(desk.keys).roots, trusted(desk.keys).stamps)
    assert examined(renewed.pdf, trust, at=after).proven_at == LIFTED_AT
    assert examined(done.pdf, trust, at=after).proven_at is None
