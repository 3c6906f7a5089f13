"""免提交: what an applicant handed in before and was accepted, or holds as a certificate, is not asked for again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from approvals.errors import NotFound, ReuseLapsed
from approvals.queries.actor import actor_named, clerk_of
from approvals.queries.desk import desk
from approvals.queries.held import _certificate_for, _certificates, held
from approvals.queries.progress import progress
from approvals.queries.related import related
from approvals.queries.reuse import consents
from approvals.queries.signed_by import department_name
from approvals.queries.step_file import step_file
from approvals.records.application import Application
from approvals.records.certificate import Certificate
from approvals.records.material import Material
from approvals.vocabulary import CertificateStatus
from portal.demonstration import acting
from portal.invariants import examine
from portal.unit_of_work import changing, now, reading
from services.item import Text
from tests.counting import statements
from tests.factories import RESIDENCE, applied, granted, issued, started
from tests.portal.journey.walking import Walk, begin, words

Enter = Callable[[str], FlaskClient]
OFFER = "本站已有这份材料，可以免交。"


@pytest.fixture
def before(app: Flask) -> str:
    """A residence permit that wangxiaorong was granted."""
    number = applied(RESIDENCE)
    granted(number, deliver=False)
    return number


@pytest.fixture
def walk(before: str, signed_in: Enter) -> Walk:
    made = begin(signed_in("wangxiaorong"), RESIDENCE)
    made.fill_in()
    return made


def files(token: str) -> list[Material]:
    reading().rollback()
    query = select(Material).join(Material.application).where(Application.token == token)
    return list(reading().scalars(query.order_by(Material.id)))


def offered(token: str, username: str = "wangxiaorong") -> list[str]:
    reading().rollback()
    return sorted(held(reading(), token, by=actor_named(reading(), username), at=now()))


def test_what_was_accepted_before_is_offered_with_where_and_when(walk: Walk, before: str) -> None:
    keys = offered(walk.token)
    assert keys
    said = words(walk.get("/materials"))
    assert said.count(OFFER) == len([key for key in keys if f'material-{key}"' in walk.get("/materials").text])
    assert f"您在「居住证申领」（{before}）里交过" in said


def test_what_is_reused_is_the_same_file_with_its_origin_for_applicant_and_office(walk: Walk, before: str) -> None:
    key = next(one for one in offered(walk.token) if f'material-{one}"' in walk.get("/materials").text)
    answer = walk.client.post(f"{walk.url}/materials/{key}/reuse", data={"source": before})
    assert (answer.status_code, answer.location) == (303, f"{walk.url}/materials#material-{key}")
    (made,) = files(walk.token)
    origin = (
        reading()
        .scalars(select(Material).join(Material.application).where(Application.number == before, Material.key == key))
        .one()
    )
    assert (made.sha256, made.name, made.reused_from) == (origin.sha256, origin.name, before)
    assert f"沿用 {before} 的，没有重新上传" in words(walk.get("/materials"))
    assert walk.client.post(f"{walk.url}/materials/{key}/reuse", data={"source": before}).status_code == 303
    assert len(files(walk.token)) == 1

    assert walk.client.post(f"{walk.url}/materials/{key}/remove?version=1").status_code == 303
    assert f"{before}）里交过" in words(walk.get("/materials")), "declined, it is offered again"
    walk.client.post(f"{walk.url}/materials/{key}/reuse", data={"source": before})
    walk.hand_in()
    number = walk.send().location.split("/")[2]
    reading().rollback()
    seen = desk(reading(), number, "accept", by=actor_named(reading(), "clerk-ga"), at=now())
    assert before in [file.reused_from for material in seen.materials for file in material.files]


def test_nothing_of_others_and_nothing_undecided_is_offered(before: str, signed_in: Enter) -> None:
    other = begin(signed_in("yanmao"), RESIDENCE)
    assert offered(other.token, "yanmao") == []
    key = next(one.key for one in other.item.materials)
    answer = other.client.post(f"{other.url}/materials/{key}/reuse", data={"source": before})
    assert answer.status_code in (404, 409)
    assert files(other.token) == []


def test_an_application_still_under_way_offers_nothing(app: Flask) -> None:
    applied(RESIDENCE)
    assert offered(started(RESIDENCE, "wangxiaorong")) == []


def test_a_source_that_was_not_shown_is_refused(walk: Walk) -> None:
    key = next(one for one in offered(walk.token) if f'material-{one}"' in walk.get("/materials").text)
    answer = walk.client.post(f"{walk.url}/materials/{key}/reuse", data={"source": "0"})
    assert answer.status_code == 409
    assert "现在不能沿用了" in words(answer)
    assert files(walk.token) == []


def test_a_certificate_in_force_serves_as_the_material_it_is_named_for(app: Flask) -> None:
    _number, certificate = issued(RESIDENCE)
    draft = reading().scalars(select(Application).where(Application.token == started(RESIDENCE, "wangxiaorong"))).one()
    mine = _certificates(reading(), draft, actor_named(reading(), "wangxiaorong"), now())
    found = _certificate_for(Text("居住证"), mine)
    assert found is not None
    assert (found.number, found.is_certificate, found.file.extension) == (certificate, True, "pdf")
    assert found.file.size > 1000
    assert _certificate_for(Text("居住地址证明"), mine) is None


LICENCE, DISPATCH, MATERIAL = "change-of-company-registration", "labour-dispatch-licence", "material_2"


def with_licence(client: FlaskClient) -> tuple[Walk, str]:
    """A draft that needs a business licence, and the licence its company holds."""
    before, certificate = issued(LICENCE)
    reading().rollback()
    owner = reading().scalars(select(Application).where(Application.number == before)).one()
    walk = begin(client, DISPATCH, owner.organisation_id)
    walk.fill_in()
    return walk, certificate


def test_a_certificate_is_reused_with_its_holders_consent_which_the_holder_sees_and_takes_back(
    app: Flask, signed_in: Enter
) -> None:
    client = signed_in("lijinrong")
    walk, certificate = with_licence(client)
    page = words(walk.get("/materials"))
    assert "同意使用" in page
    assert "就是同意办理这件事的部门使用这本证照" in page
    sent = {"source": certificate}
    assert client.post(f"{walk.url}/materials/{MATERIAL}/reuse", data=sent).status_code == 303
    held_page = f"/my/certificates/{certificate}"
    assert "谁可以用、谁用过" in words(client.get(held_page))
    assert client.post(f"{walk.url}/materials/{MATERIAL}/remove?version=1").status_code == 303
    assert "撤回" in words(client.get(held_page)), "who takes the file back has taken the consent back"
    assert client.post(f"{walk.url}/materials/{MATERIAL}/reuse", data=sent).status_code == 303
    walk.hand_in()
    number = walk.send().location.split("/")[2]
    reading().rollback()
    step = next(iter(acting.workable(progress(reading(), number))))
    clerk = clerk_of(reading(), step.department)
    beside = related(reading(), number, by=clerk, at=now())
    assert [(each.number, each.status) for each in beside.held] == [(certificate, CertificateStatus.IN_FORCE)]
    assert consents(reading(), certificate, by=actor_named(reading(), "lijinrong"))[0].uses == ()

    acting.take(number, step, now())
    reading().rollback()
    used = consents(reading(), certificate, by=actor_named(reading(), "lijinrong"))[0]
    assert [each.department.zh for each in used.uses] == [department_name(reading(), step.department)]
    assert "用过" in words(client.get(held_page))

    lent = next(each.version for each in files(walk.token) if each.reused_from == certificate and not each.removed_at)
    address = f"/applications/{number}/materials/{MATERIAL}/{lent}"
    with changing(at=now()) as session:
        session.execute(update(Certificate).where(Certificate.number == certificate).values(status="suspended"))
    reading().rollback()
    second = next(iter(acting.workable(progress(reading(), number))))
    with pytest.raises(ReuseLapsed):
        acting.take(number, second, now())
    with changing(at=now()) as session:
        session.execute(update(Certificate).where(Certificate.number == certificate).values(status="in_force"))
    reading().rollback()
    second_clerk = clerk_of(reading(), second.department)
    step_file(reading(), number, second.key, MATERIAL, lent, by=second_clerk, at=now())
    assert client.post(f"{held_page}/consents/{used.id}/withdraw").status_code == 303
    reading().rollback()
    with pytest.raises(NotFound):
        step_file(reading(), number, second.key, MATERIAL, lent, by=second_clerk, at=now())
    assert client.get(address).status_code == 200, "the holder's own file stays theirs"
    with pytest.raises(ReuseLapsed):
        acting.take(number, second, now())
    assert related(reading(), number, by=clerk, at=now()).held == ()
    shown = desk(reading(), number, second.key, by=second_clerk, at=now())
    (material,) = [each for each in shown.materials if each.key == MATERIAL]
    assert [file.is_withheld for file in material.files if file.version == lent] == [True]
    assert examine(app)["broken"] == []


def test_looking_costs_the_same_however_much_is_held(walk: Walk) -> None:
    def cost() -> int:
        reading().rollback()
        by = actor_named(reading(), "wangxiaorong")
        with statements() as sent:
            held(reading(), walk.token, by=by, at=now())
        return len(sent)

    first = cost()
    granted(applied(RESIDENCE), deliver=False)
    assert cost() == first <= 4
