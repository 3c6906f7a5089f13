"""Bad credit published elsewhere: entered by who oversees, it bars from promising until it is repaired or over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from approvals.clock.moment import Moment
from approvals.commands.close_account import close_account
from approvals.commands.credit_notice import enter_notice, repair_notice
from approvals.commitments.owing import bar
from approvals.errors import (
    BarredByNotice,
    NobodyWithNumber,
    NotAboutOneself,
    NotAllowed,
    NoticeDates,
    NotPossibleNow,
    ReasonMissing,
)
from approvals.events import StaffEvent
from approvals.permissions import Actor
from approvals.queries.actor import actor_named
from approvals.queries.own_data import own_data
from approvals.records.application import Application
from approvals.records.credit import CreditNotice
from approvals.records.people import Account, Organisation
from approvals.records.staff_event import StaffEventRecord
from portal.demonstration.people import APPLICANTS, COMPANY
from portal.unit_of_work import changing, reading
from tests.counting import statements
from tests.fixtures.heart import Office
from tests.fixtures.promises import SELLING, SHOP, Promises

COMPANY_CODE = COMPANY[1]
YANMAO = next(each.identity_number for each in APPLICANTS if each.username == "yanmao") or ""
TODAY = "2026-05-06"


@pytest.fixture(params=["sqlite", "postgresql"])
def promises(request: pytest.FixtureRequest) -> Promises:
    """On either database."""
    name = "office" if request.param == "sqlite" else "postgres_office"
    office: Office = request.getfixturevalue(name)
    return Promises(office)


def supervisor() -> Actor:
    return actor_named(reading(), "supervisor")


def entered(
    at: Moment,
    number: str = COMPANY_CODE,
    *,
    reason: str = "有履行能力而拒不履行生效判决。",
    starts_on: date | None = None,
    ends_on: date | None = None,
    by: Actor | None = None,
) -> int:
    by = by or supervisor()
    with changing(by, at) as session:
        return enter_notice(
            session,
            number,
            published_by="信用中国",
            reference="（2026）川0191执123号",
            reason=reason,
            starts_on=starts_on or at.today,
            ends_on=ends_on or at.today + timedelta(days=730),
            by=by,
            at=at,
        ).id


def repaired(notice: int, at: Moment, note: str = "法院已从名单中删除。", by: Actor | None = None) -> None:
    by = by or supervisor()
    with changing(by, at) as session:
        repair_notice(session, notice, note, by=by, at=at)


def test_an_organisation_on_a_list_may_not_promise_until_it_is_repaired(promises: Promises) -> None:
    at = promises.office.at(TODAY)
    notice = entered(at)
    with pytest.raises(BarredByNotice) as barred:
        promises.shop("2026-05-07")
    assert barred.value.facts == {"publisher": "信用中国", "until": date(2028, 5, 5)}
    repaired(notice, promises.office.at("2026-05-08"))
    assert promises.shop("2026-05-08")


def test_a_notice_that_came_after_the_signature_bars_from_sending_the_promise_in(promises: Promises) -> None:
    token = promises.draft(SHOP, TODAY, missing=("officer_proof",), **SELLING)
    promises.sign(token, [""], TODAY)
    entered(promises.office.at(TODAY))
    with pytest.raises(BarredByNotice):
        promises.send(token, "2026-05-07")


def test_a_notice_ends_by_itself(promises: Promises) -> None:
    entered(promises.office.at(TODAY), ends_on=date(2026, 6, 1))
    with pytest.raises(BarredByNotice):
        promises.shop("2026-06-01")
    assert promises.shop("2026-06-02")


def test_a_person_is_barred_in_every_account_of_their_number(office: Office) -> None:
    number = office.apply("residence-permit", TODAY)
    at = office.at("2026-05-07")
    application = reading().scalars(select(Application).where(Application.number == number)).one()
    applicant = reading().get_one(Account, application.applicant_id)
    other = reading().scalars(select(Account).where(Account.username == "yanmao")).one().id
    entered(at, str(applicant.identity_number))
    assert bar(reading(), application, at=at) is not None
    with changing(at=at) as session:
        session.execute(update(CreditNotice).values(account_id=other))
    assert bar(reading(), application, at=at) is None
    with changing(at=at) as session:
        mark = session.get_one(Account, application.applicant_id).identity_mark
        session.execute(update(Account).where(Account.id == other).values(identity_mark=mark))
    assert bar(reading(), application, at=at) is not None


def test_whether_somebody_is_barred_costs_the_same_statements(promises: Promises) -> None:
    token = promises.draft(SHOP, TODAY, missing=(), **SELLING)
    at = promises.office.at("2026-05-07")

    def asked() -> int:
        reading().rollback()
        application = reading().scalars(select(Application).where(Application.token == token)).one()
        with statements() as sent:
            bar(reading(), application, at=at)
        return len(sent)

    before = asked()
    for _each in range(3):
        entered(at)
    assert asked() == before


@pytest.mark.parametrize(
    "dates",
    [
        {"starts_on": date(2026, 5, 7)},
        {"starts_on": date(2026, 5, 1), "ends_on": date(2026, 5, 5)},
    ],
)
def test_it_has_begun_and_is_not_over(office: Office, dates: dict[str, date]) -> None:
    with pytest.raises(NoticeDates):
        entered(office.at(TODAY), **dates)  # type: ignore[arg-type]


def test_what_is_entered_says_why_and_about_whom(office: Office) -> None:
    at = office.at(TODAY)
    with pytest.raises(ReasonMissing):
        entered(at, reason=" ")
    with pytest.raises(NobodyWithNumber):
        entered(at, "91510100MA6CA1234X")
    with pytest.raises(NotAllowed):
        entered(at, by=actor_named(reading(), "head-zj"))


def test_nobody_enters_or_repairs_what_is_about_themselves(office: Office) -> None:
    at = office.at(TODAY)
    company = reading().scalars(select(Organisation.id).where(Organisation.credit_code == COMPANY_CODE)).one()
    member = replace(supervisor(), organisations=frozenset({company}))
    with pytest.raises(NotAboutOneself):
        entered(at, by=member)
    notice = entered(at)
    with pytest.raises(NotAboutOneself):
        repaired(notice, at, by=member)
    person = reading().scalars(select(Account.id).where(Account.username == "yanmao")).one()
    with pytest.raises(NotAboutOneself):
        entered(at, YANMAO, by=replace(supervisor(), account=person))


def test_a_repair_says_how_and_happens_once(office: Office) -> None:
    at = office.at(TODAY)
    notice = entered(at)
    with pytest.raises(ReasonMissing):
        repaired(notice, at, " ")
    repaired(notice, at)
    with pytest.raises(NotPossibleNow):
        repaired(notice, at)
    told = reading().scalars(select(StaffEventRecord).order_by(StaffEventRecord.sequence.desc()).limit(2)).all()
    assert [(each.kind, each.data["notice"]) for each in told] == [
        (StaffEvent.CREDIT_REPAIRED, notice),
        (StaffEvent.CREDIT_NOTICED, notice),
    ]


def test_the_person_takes_it_along_and_stays_known_by_it(office: Office) -> None:
    at, yanmao = office.at(TODAY), actor_named(reading(), "yanmao")
    entered(at, YANMAO)
    (told,) = own_data(reading(), by=yanmao, at=at).content["credit_notices"]
    assert (told["published_by"], told["ends_on"]) == ("信用中国", "2028-05-05")
    with changing(yanmao, at) as session:
        close_account(session, by=yanmao, at=at)
    assert reading().get_one(Account, yanmao.person).identity_mark is not None
