"""The making of certificates as the office sees it: what waits, what was made, what failed and what helps."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from approvals.certificates import archive
from approvals.certificates.signatories import history, issue
from approvals.clock.moment import Moment
from approvals.commands.deliver import MOST_ATTEMPTS
from approvals.records.certificate import Certificate
from approvals.records.outbox import Parcel
from portal.unit_of_work import changing, now, reading
from portal.worker.delivery import sweep
from tests.counting import statements
from tests.factories import RESIDENCE, applied, granted
from tests.fixtures.heart import Office

Enter = Callable[[str], FlaskClient]
PAGE = "/office/certificates/making"


def said(client: FlaskClient) -> str:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def pending(number: int = 1) -> list[str]:
    """Numbers of so many certificates that are granted and not made."""
    for each in [applied(RESIDENCE) for _ in range(number)]:
        granted(each, deliver=False)
    return list(reading().scalars(select(Certificate.number).order_by(Certificate.id)))


def later(minutes: int) -> Moment:
    return Moment(now().instant + timedelta(minutes=minutes), now().calendar)


@contextmanager
def key_open_to_all(office: Office) -> Iterator[None]:
    """The department's key is refused as long as others may read it."""
    keys = office.app.extensions["settings"].keys
    department = reading().scalars(select(Certificate.department_code)).first() or ""
    who = next(iter(history(keys, department)), None) or issue(keys, department, "公安局")
    key = who.place / "signing.key"
    key.chmod(0o644)
    yield
    key.chmod(stat.S_IRUSR | stat.S_IWUSR)


def test_the_office_sees_what_waits_and_what_was_made_and_only_its_own(office: Office, signed_in: Enter) -> None:
    clerk, other = signed_in("clerk-ga"), signed_in("clerk-zj")
    assert "没有证照要做" in said(clerk)
    pending(3)
    page = said(clerk)
    assert "还有 3 张在做，今天做成 0 张，没做成 0 张。" in page
    assert 'hx-trigger="every 2s"' in page
    assert '<progress max="3" value="0"' in page
    assert "没有证照要做" in said(other)
    sweep()
    page = said(clerk)
    assert "今天的 3 张证照都做成了。" in page
    assert "hx-trigger" not in page, "nothing moves any more"
    assert signed_in("wangxiaorong").get(PAGE).status_code == 403


def test_what_failed_is_listed_with_the_remedy_and_made_when_told(office: Office, signed_in: Enter) -> None:
    numbers = pending(2)
    clerk, other = signed_in("clerk-ga"), signed_in("clerk-zj")
    with key_open_to_all(office):
        sweep()
        page = said(clerk)
        assert "没做成 2 张" in page
        assert all(number in page for number in numbers)
        assert "本部门的签名密钥没有放好，或者不能用" in page
        assert "请系统管理员放好密钥" in page
        assert "NoSignatory" not in page
        assert "chmod" not in page
        assert numbers[0] not in said(other)
    assert sweep() == 0, "the next attempt is not due yet"
    assert other.post(PAGE, data={"number": numbers[0]}).status_code == 303
    assert sweep() == 0, "another department moves nothing"
    assert clerk.post(PAGE, data={"number": numbers[0]}).status_code == 303
    sweep()
    assert "没做成 1 张" in said(clerk)
    assert clerk.post(PAGE).status_code == 303
    sweep()
    assert "今天的 2 张证照都做成了。" in said(clerk)
    assert clerk.post(PAGE, data={"other": "1"}).status_code == 422
    again = clerk.post(PAGE, follow_redirects=True).get_data(as_text=True)
    assert "没有要重新制作的证照" in again


def test_what_was_given_up_says_so_and_is_taken_up(office: Office, signed_in: Enter) -> None:
    (number,) = pending()
    clerk = signed_in("clerk-ga")
    with changing(at=now()) as session:
        session.execute(update(Parcel).where(Parcel.kind == "paper").values(attempts=MOST_ATTEMPTS))
    sweep()
    page = said(clerk)
    assert "不再自己试" in page
    assert "制作到一半就断了" in page, "killed each time, it left no word"
    assert clerk.post(PAGE, data={"number": number}).status_code == 303
    sweep()
    assert "今天的 1 张证照都做成了。" in said(clerk)


def test_a_certificate_longer_than_any_is_refused_in_plain_words(
    office: Office, signed_in: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    pending()
    monkeypatch.setattr(archive, "MOST_PAGES", 0)
    sweep()
    page = said(signed_in("clerk-ga"))
    assert "内容太多：超过了一张证照的页数" in page
    assert "请看证照上哪一项特别长" in page
    assert "TooLong" not in page


def test_the_pace_is_that_of_the_last_minutes(office: Office, signed_in: Enter) -> None:
    pending(4)
    papers = list(reading().scalars(select(Parcel.id).where(Parcel.kind == "paper")))
    moment = now().instant
    with changing(at=now()) as session:
        for index, parcel in enumerate(papers[:3]):
            done = moment - timedelta(seconds=60 - 20 * index)
            session.execute(update(Parcel).where(Parcel.id == parcel).values(done_at=done))
    page = said(signed_in("clerk-ga"))
    assert "每分钟约 3 张" in page
    assert "大约还要 1 分钟" in page


def test_ten_times_as_many_ask_for_no_more_queries(office: Office, signed_in: Enter) -> None:
    clerk = signed_in("clerk-ga")
    pending(1)
    said(clerk)
    with statements() as few:
        said(clerk)
    pending(9)
    with statements() as many:
        said(clerk)
    assert len(many) == len(few)
