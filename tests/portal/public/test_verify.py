"""证照核验: a stranger verifies a certificate by its file, by number and code, or by the address in its QR code."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from approvals.audit.key import ensure
from approvals.certificates import authority
from approvals.certificates.essence import masked_name
from approvals.certificates.examine import LARGEST, Verdict, examine
from approvals.certificates.examine import Reason as FileReason
from approvals.certificates.trust import Trust
from approvals.commands.count_tries import MOST_FAILURES, MOST_FILES, count_file
from approvals.queries.verification import VERDICTS, Reason
from approvals.records.certificate import Certificate
from approvals.records.people import SignInAttempt
from approvals.storage import Folder
from approvals.vocabulary import CertificateStatus
from portal.public.verify import REFUSED, WORDS
from portal.unit_of_work import changing, now, reading
from tests.approvals.certificates.samples import EXAMINED_AT
from tests.approvals.certificates.test_hostile import CLAIM, many_tables, pdf
from tests.factories import RESIDENCE, applied, granted, on
from tests.fixtures.issued import Issued
from tests.fixtures.portal import MoveIn
from tests.outside import qr_code_of

Enter = Callable[[str], FlaskClient]
DAY = date(2026, 6, 8)
MISMATCH = "没有查到：编号和核验码对不上"
TOKEN = re.compile(r'name="csrf_token" value="[^"]+"')
"""Stamped with the second it was made in."""


class Paper:
    """A certificate that was issued: what its holder knows, and its file."""

    def __init__(self, app: Flask, number: str) -> None:
        reading().rollback()
        row = reading().scalars(select(Certificate).where(Certificate.number == number)).one()
        self.number, self.code = row.number, row.code
        self.address = f"/verify/{row.number}/{row.code}"
        self.pdf = Folder(app.extensions["settings"].files).get(row.sha256) if row.sha256 else b""

    def becomes(self, **values: object) -> None:
        with changing(at=now()) as session:
            session.execute(update(Certificate).where(Certificate.number == self.number).values(**values))


@pytest.fixture
def home(issued_once: Issued, move_in: MoveIn) -> Path:
    return move_in(issued_once.home)


@pytest.fixture
def paper(app: Flask, issued_once: Issued) -> Paper:
    """The residence permit of wangxiaorong."""
    return Paper(app, issued_once.residence[1])


@pytest.fixture
def send(client: FlaskClient) -> Callable[[bytes], TestResponse]:
    """Upload these bytes as a stranger, to a portal that runs: its examiner has been started."""
    assert examine(pdf(CLAIM), Trust(), patience=60, at=EXAMINED_AT).verdict is Verdict.INVALID

    def upload(content: bytes) -> TestResponse:
        # Encoded here: the test client leaves the temporary file open in which it gathers a large form.
        head = '--part\r\nContent-Disposition: form-data; name="file"; filename="证照.pdf"\r\n\r\n'
        form = head.encode() + content + b"\r\n--part--\r\n"
        return client.post("/verify", data=form, content_type="multipart/form-data; boundary=part")

    return upload


def ask(client: FlaskClient, number: str, code: str, network: str = "192.0.2.1") -> TestResponse:
    return client.post("/verify", data={"number": number, "code": code}, environ_base={"REMOTE_ADDR": network})


def failures() -> int:
    reading().rollback()
    return reading().scalars(select(func.count()).select_from(SignInAttempt)).one()


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def has_verdict(answer: TestResponse, verdict: str, reason: str) -> bool:
    page = text(answer)
    is_there = f'<h2 id="verdict">{verdict}</h2>' in page and f'data-reason="{reason}"' in page
    return answer.status_code == 200 and is_there


# By number and code.


def test_number_and_code_lead_to_the_address_of_the_qr_code(client: FlaskClient, paper: Paper) -> None:
    answer = ask(client, paper.number, paper.code)
    assert (answer.status_code, answer.location) == (303, paper.address)
    page = client.get(paper.address)
    assert has_verdict(page, "有效", Reason.REGISTERED)
    assert "居住证（电子）" in text(page)
    assert "王＊＊" in text(page)
    assert "王小蓉" not in text(page)
    assert "还要看一眼手里的证照" in text(page)


def test_the_day_of_issue_is_the_one_on_the_paper_however_late_it_was_made(
    app: Flask, client: FlaskClient, paper: Paper, code: str, signed_in: Enter
) -> None:
    """After an outage, or midnight: who compares the page with the paper finds the same day."""
    late = on(date(2026, 6, 24))
    paper.becomes(issued_at=late.instant)
    on_paper, entered = "2026 年 6 月 5 日", "2026 年 6 月 24 日"
    for page in (text(client.get(paper.address)), text(scan(client, code))):
        days = re.findall(r"<dt>签发日期</dt><dd[^>]*>([^<]*)</dd>", page)
        assert days
        assert set(days) == {on_paper}
        assert re.search(rf"<dt>登记时间</dt><dd[^>]*>{entered}", page)
    told = client.get(f"/api/v1/certificates/{paper.number}", headers={"Verification-Code": paper.code}).get_json()
    assert (told["granted_on"], told["issued_on"]) == ("2026-06-05", "2026-06-05")
    assert datetime.fromisoformat(told["entered_at"]) == late.instant
    holder = signed_in("wangxiaorong")
    for address in ("/my/certificates", f"/my/certificates/{paper.number}"):
        page = text(holder.get(address))
        assert on_paper in page
        assert "签发，带电子签名" not in page or f"{on_paper}签发，带电子签名" in page


@pytest.mark.parametrize("spell", [str.lower, lambda code: code.replace("-", " "), lambda code: code.replace("-", "")])
def test_the_code_may_be_typed_in_any_case_and_grouping(
    client: FlaskClient, paper: Paper, spell: Callable[[str], str]
) -> None:
    answer = ask(client, f" {paper.number.lower()} ", spell(paper.code))
    assert answer.status_code == 303
    assert has_verdict(client.get(str(answer.location)), "有效", Reason.REGISTERED)


def test_an_unknown_number_and_a_wrong_code_get_the_same_answer(client: FlaskClient, paper: Paper) -> None:
    wrong, unknown = ask(client, paper.number, "AAAA-AAAA-AAAA-AAAA"), ask(client, "ZJ0", paper.code)
    assert wrong.status_code == unknown.status_code == 422
    assert MISMATCH in text(wrong)
    as_unknown = text(wrong).replace(paper.number, "ZJ0").replace("AAAA-AAAA-AAAA-AAAA", paper.code)
    assert TOKEN.sub("", as_unknown) == TOKEN.sub("", text(unknown))
    for address in (f"/verify/{paper.number}/AAAA", "/verify/ZJ0/AAAA"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert MISMATCH in text(answer)
        assert 'value="AAAA"' in answer.get_data(as_text=True)


def test_empty_fields_are_named(client: FlaskClient) -> None:
    answer = ask(client, "", " ")
    assert answer.status_code == 422
    assert "请填写「证照编号」" in text(answer)
    assert "请填写「核验码」" in text(answer)
    assert failures() == 0


def test_guessing_codes_is_slowed_down_network_by_network(client: FlaskClient, paper: Paper) -> None:
    for _ in range(MOST_FAILURES):
        assert ask(client, paper.number, "AAAA").status_code == 422
    refused = ask(client, paper.number, paper.code)
    assert refused.status_code == 429, "a right code too, or the refusal would tell"
    assert "60 分钟后再试" in text(refused)
    assert paper.number in text(refused), "what was typed stays"
    assert ask(client, paper.number, paper.code, network="192.0.2.9").status_code == 303
    with changing(at=now()) as session:
        session.execute(update(SignInAttempt).values(at=now().instant - timedelta(hours=1, seconds=1)))
    assert ask(client, paper.number, paper.code).status_code == 303, "an hour later"


def test_guessing_by_addresses_is_counted_with_all_other_ways(client: FlaskClient, paper: Paper) -> None:
    for _ in range(MOST_FAILURES):
        assert client.get(f"/verify/{paper.number}/AAAA").status_code == 404
    for answer in (
        client.get(f"/verify/{paper.number}/AAAA"),
        client.get(paper.address),
        ask(client, paper.number, paper.code, network="127.0.0.1"),
    ):
        assert answer.status_code == 429
        assert "60 分钟后再试" in text(answer)
    assert client.get(paper.address, environ_base={"REMOTE_ADDR": "192.0.2.9"}).status_code == 200
    assert failures() == MOST_FAILURES


def test_files_are_counted_network_by_network(client: FlaskClient, send: Callable[[bytes], TestResponse]) -> None:
    with changing(at=now()) as session:
        for _ in range(MOST_FILES):
            count_file(session, network="127.0.0.1", at=now())
    refused = send(b"not a file")
    assert refused.status_code == 429
    assert "60 分钟后再试" in text(refused)
    assert client.get("/verify").status_code == 200


def test_looking_writes_nothing(client: FlaskClient, paper: Paper) -> None:
    for address in ("/verify", paper.address, f"/verify/{paper.number.lower()}/{paper.code}"):
        client.get(address)
    ask(client, paper.number, paper.code)
    assert failures() == 0


@pytest.mark.parametrize("odd", ["'", "%25", "\u202e", "a" * 90, "<script>alert(1)</script>", "龑", "%00"])
def test_odd_numbers_and_codes_are_only_wrong(client: FlaskClient, odd: str) -> None:
    answer = ask(client, odd, odd[:40])
    assert answer.status_code == 422
    assert "<script>alert" not in text(answer)
    assert client.get(f"/verify/{odd}/{odd}").status_code == 404
    assert client.post("/verify", data={"number": "\0", "code": "\0"}).status_code == 422


# What the register says.


@pytest.mark.parametrize("status", list(CertificateStatus))
def test_each_state_of_the_register_has_its_verdict_and_words(
    client: FlaskClient, paper: Paper, send: Callable[[bytes], TestResponse], status: CertificateStatus
) -> None:
    paper.becomes(status=status)
    verdict = {"valid": "有效", "undecided": "无法判定", "invalid": "无效"}[VERDICTS[status]]
    in_force = status is CertificateStatus.IN_FORCE
    assert has_verdict(client.get(paper.address), verdict, Reason.REGISTERED if in_force else status)
    assert has_verdict(send(paper.pdf), verdict, Reason.GENUINE if in_force else status)


def test_a_certificate_expires_by_itself_on_the_day_after_its_last(client: FlaskClient, paper: Paper) -> None:
    paper.becomes(valid_until=now().today)
    assert has_verdict(client.get(paper.address), "有效", Reason.REGISTERED)
    paper.becomes(valid_until=now().today - timedelta(days=1))
    assert has_verdict(client.get(paper.address), "无效", Reason.EXPIRED)


def test_what_is_not_yet_made_cannot_be_decided(app: Flask, client: FlaskClient) -> None:
    granted(applied(RESIDENCE, on(DAY)), on(DAY), deliver=False)
    numbers = select(Certificate.number).where(Certificate.status == CertificateStatus.PENDING)
    pending = Paper(app, reading().scalars(numbers).one())
    assert has_verdict(client.get(pending.address), "无法判定", Reason.PENDING)


@pytest.mark.parametrize(
    "name, is_organisation, shown",
    [
        ("王小蓉", False, "王＊＊"),
        ("龑䶮", False, "龑＊＊"),
        ("成都锦蓉示例置业有限公司", True, "成都＊＊＊＊有限公司"),
        ("蓉示例店", True, "蓉＊＊＊＊店"),
    ],
)
def test_holders_are_masked_without_telling_the_length(name: str, is_organisation: bool, shown: str) -> None:
    assert masked_name(name, is_organisation=is_organisation) == shown


# By its file.


def test_the_file_as_issued_is_valid(app: Flask, issued_once: Issued, send: Callable[[bytes], TestResponse]) -> None:
    answer = send(Paper(app, issued_once.permit[1]).pdf)
    assert has_verdict(answer, "有效", Reason.GENUINE)
    assert "成都＊＊＊＊有限公司" in text(answer)
    assert "整个文件" in text(answer)
    assert "一字不差" in text(answer)
    assert "成都市住房和城乡建设局（示例）" in text(answer)


def test_a_changed_letter_is_invalid(paper: Paper, send: Callable[[bytes], TestResponse]) -> None:
    middle = len(paper.pdf) // 3
    changed = paper.pdf[:middle] + bytes([paper.pdf[middle] ^ 1]) + paper.pdf[middle + 1 :]
    answer = send(changed)
    assert '<h2 id="verdict">无效</h2>' in text(answer)
    assert paper.number not in text(answer), "a file that proves nothing is told nothing"


def test_an_appended_revision_is_invalid(paper: Paper, send: Callable[[bytes], TestResponse]) -> None:
    assert '<h2 id="verdict">无效</h2>' in text(send(paper.pdf + b"\n% one more line\n"))


def test_a_file_saved_again_has_lost_its_proof(paper: Paper, send: Callable[[bytes], TestResponse]) -> None:
    again = io.BytesIO()
    with pikepdf.open(io.BytesIO(paper.pdf)) as document:
        document.save(again)
    assert '<h2 id="verdict">无效</h2>' in text(send(again.getvalue()))


def test_a_file_without_signature_is_invalid_and_says_why(send: Callable[[bytes], TestResponse]) -> None:
    blank = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(blank)
    assert has_verdict(send(blank.getvalue()), "无效", FileReason.NO_SIGNATURE)


def test_another_authority_is_not_believed(app: Flask, paper: Paper, send: Callable[[bytes], TestResponse]) -> None:
    keys = app.extensions["settings"].keys
    (keys / authority.FOLDER).rename(keys / "somebody else's")
    authority.ensure(keys)
    assert has_verdict(send(paper.pdf), "无效", FileReason.UNKNOWN_ISSUER)


def test_a_signed_file_that_the_register_does_not_know_is_invalid(
    paper: Paper, send: Callable[[bytes], TestResponse]
) -> None:
    paper.becomes(sha256=None, signed_sha256=None, number="GA0")
    assert has_verdict(send(paper.pdf), "无效", Reason.NOT_REGISTERED)


def test_another_file_under_the_same_number_is_invalid(paper: Paper, send: Callable[[bytes], TestResponse]) -> None:
    paper.becomes(sha256=None, signed_sha256=None)
    answer = send(paper.pdf)
    assert has_verdict(answer, "无效", Reason.OTHER_FILE)
    assert "不是同一份文件" in text(answer)


def encrypted() -> bytes:
    locked = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(locked, encryption=pikepdf.Encryption(owner="owner", user="user"))
    return locked.getvalue()


@pytest.mark.parametrize(
    "content, status, words",
    [
        (b"", 422, "文件是空的"),
        (b"PK\x03\x04 a Word document", 422, "这不是 PDF 文件"),
        (b"\xff\xd8\xff\xe0 a photo", 422, "这不是 PDF 文件"),
        (b"%PDF-1.7\n" + b"0" * LARGEST, 413, "文件太大：最大 10 MB"),
        (encrypted(), 422, "文件加了密码"),
    ],
    ids=["empty", "word", "photo", "huge", "encrypted"],
)
def test_files_that_cannot_be_looked_at_are_refused_with_the_remedy(
    send: Callable[[bytes], TestResponse], content: bytes, status: int, words: str
) -> None:
    answer = send(content)
    assert answer.status_code == status
    assert words in text(answer)
    assert "<title>错误：" in text(answer)
    assert 'id="verdict"' not in text(answer)


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7", b"%PDF-1.7\n" + b"\x00\xff" * 500, b"%PDF-1.7\ntrailer<</Root 1 0 R>>"]
)
def test_broken_files_get_a_verdict_and_no_crash(send: Callable[[bytes], TestResponse], content: bytes) -> None:
    assert '<h2 id="verdict">无效</h2>' in text(send(content))


def test_a_file_that_would_take_too_long_cannot_be_decided(paper: Paper, send: Callable[[bytes], TestResponse]) -> None:
    assert has_verdict(send(paper.pdf), "有效", Reason.GENUINE), "the examiner is warm"
    assert has_verdict(send(many_tables(100_000)), "无法判定", FileReason.TOO_COSTLY)


def test_sending_no_file_at_all_asks_for_one(client: FlaskClient) -> None:
    answer = client.post("/verify", data={"file": (io.BytesIO(), "")}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "请选择一个 PDF 文件" in text(answer)


def test_a_form_of_a_file_that_sends_none_asks_for_one(client: FlaskClient) -> None:
    """Some browsers leave the field away where nothing was chosen."""
    answer = client.post("/verify", data={"csrf_token": "x"}, content_type="multipart/form-data")
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "请选择一个 PDF 文件。" in page
    assert 'href="#number"' not in page


def test_an_uploaded_file_is_not_kept(app: Flask, paper: Paper, send: Callable[[bytes], TestResponse]) -> None:
    storage = Folder(app.extensions["settings"].files)
    before = set(storage.digests())
    send(paper.pdf)
    send(b"%PDF-1.7 something")
    assert set(storage.digests()) == before


def test_every_reason_has_words() -> None:
    assert {*Reason, *FileReason} - {FileReason.SIGNED_WHOLE} == WORDS.keys() | REFUSED.keys()
    assert VERDICTS.keys() == set(CertificateStatus)


# By the whole QR code.


@pytest.fixture
def code(paper: Paper, tmp_path: Path) -> str:
    """The text of its QR code, as it is printed."""
    (tmp_path / "paper.pdf").write_bytes(paper.pdf)
    return qr_code_of(tmp_path / "paper.pdf")


def scan(client: FlaskClient, code: str) -> TestResponse:
    return client.post("/verify", data={"scan": code})


def test_the_signed_part_of_a_qr_code_is_shown_and_held_against_the_register(
    client: FlaskClient, paper: Paper, code: str
) -> None:
    answer = scan(client, f"\n{code} ")
    assert has_verdict(answer, "有效", Reason.SIGNED_CODE)
    shown = text(answer).partition('id="signed-code"')[2].partition("</section>")[0]
    assert "对得上，是本站签的" in shown
    assert all(part in shown for part in ("居住证（电子）", paper.number, "王＊＊", "证照数据的摘要"))
    assert "不一致" not in shown
    paper.becomes(status=CertificateStatus.REVOKED)
    assert has_verdict(scan(client, code), "无效", Reason.REVOKED)


def test_an_altered_qr_code_is_invalid_and_says_what_is_wrong(
    app: Flask, client: FlaskClient, paper: Paper, code: str, issued_once: Issued
) -> None:
    address, _mark, essence_ = code.partition("#")
    content, _point, signature = essence_.partition(".")
    other = Paper(app, issued_once.permit[1])
    for altered in (
        f"{address}#{content[:-5]}AAAAA.{signature}",
        f"{address}#{content}.{signature[:-8]}AAAAAAAA",
        f"{address}#{content}",
        f"{address}#x.y",
    ):
        answer = scan(client, altered)
        assert has_verdict(answer, "无效", Reason.CODE_ALTERED), altered
        assert "所以不显示" in text(answer)
    moved = scan(client, f"https://city.example{other.address}#{essence_}")
    assert has_verdict(moved, "无效", Reason.CODE_DIFFERS)
    assert text(moved).count("和登记簿不一致") >= 3, "number, title and holder are another's"
    assert f"登记簿上是：{other.number}" in text(moved)
    wrong = scan(client, f"https://city.example/verify/{paper.number}/AAAA-AAAA#{essence_}")
    assert has_verdict(wrong, "无效", Reason.CODE_ADDRESS)
    assert "登记簿上的记录" not in text(wrong)


@pytest.mark.parametrize(
    "values, words",
    [
        ({"title": "驾驶证"}, "登记簿上是：驾驶证"),
        ({"valid_until": date(2027, 1, 2)}, "登记簿上是：2027"),
    ],
)
def test_a_register_that_says_otherwise_is_told_item_by_item(
    client: FlaskClient, paper: Paper, code: str, values: dict[str, object], words: str
) -> None:
    paper.becomes(**values)
    answer = scan(client, code)
    assert has_verdict(answer, "无效", Reason.CODE_DIFFERS)
    assert text(answer).count("和登记簿不一致") == 1
    assert words in text(answer)


def test_a_key_that_this_portal_does_not_believe_signs_nothing(
    app: Flask, client: FlaskClient, code: str, tmp_path: Path
) -> None:
    ensure(tmp_path / "theirs")
    keys = app.extensions["settings"].keys / "trail"
    for place in keys.glob("*.pub"):
        place.write_bytes((tmp_path / "theirs" / "trail" / "signing.pub").read_bytes())
    assert has_verdict(scan(client, code), "无效", Reason.CODE_ALTERED)


def test_a_qr_code_without_a_signed_part_is_judged_by_the_register_and_says_so(
    client: FlaskClient, paper: Paper
) -> None:
    answer = scan(client, f"https://city.example{paper.address}")
    assert has_verdict(answer, "有效", Reason.REGISTERED)
    assert "只有网址，没有签名的内容" in text(answer)
    assert scan(client, f"https://city.example/verify/{paper.number}/AAAA").status_code == 422


@pytest.mark.parametrize("odd", ["", "你好", "https://a.example/", "x" * 3001, "\0", "<script>alert(1)</script>#a.b"])
def test_what_is_no_qr_code_of_ours_is_refused_and_stays(client: FlaskClient, odd: str) -> None:
    answer = scan(client, odd)
    assert answer.status_code == 422
    assert "<script>alert" not in text(answer)
    assert 'id="verdict"' not in text(answer)


def test_guessing_by_qr_codes_is_slowed_down_too(client: FlaskClient, paper: Paper, code: str) -> None:
    for _ in range(MOST_FAILURES):
        assert scan(client, f"https://city.example/verify/{paper.number}/AAAA").status_code == 422
    refused = scan(client, code)
    assert refused.status_code == 429
    assert paper.code in text(refused), "what was pasted stays"
