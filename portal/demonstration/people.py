"""The demonstration accounts: applicants, a clerk and a head in every department, a lead, and who oversees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.commands.enrol import admit, enrol, found_organisation
from approvals.commands.sign_in import HASHER
from approvals.vocabulary import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from approvals.clock.moment import Moment
    from services.item import Department

PASSWORD = "rongyiban-demo"  # noqa: S105  # the password of invented people, shown to whoever may see the demonstration


@dataclass(frozen=True, slots=True)
class Person:
    """Numbers are valid in form and belong to nobody known."""

    username: str
    role: Role
    name: str
    department: str | None = None
    identity_number: str | None = None
    phone: str | None = None
    duty: str | None = None


COMPANY = ("成都锦蓉示例置业有限公司", "91510104MA6EXAMP0C", "成都市锦江区锦江东路 1 号（示例地址）")

APPLICANTS = (
    Person("wangxiaorong", Role.CITIZEN, "王小蓉（示例）", None, "510104199003072344", "13900000001"),
    Person("yanmao", Role.CITIZEN, "龑䶮（示例）", None, "510105199211215676", "13900000002"),
    Person("lijinrong", Role.CITIZEN, "李锦蓉（示例）", None, "510107199506151238", "13900000003", "administrator"),
)
OVERSEERS = (
    Person("manager", Role.MANAGER, "赵文（示例）"),
    Person("supervisor", Role.SUPERVISOR, "周宁（示例）"),
    Person("government", Role.GOVERNMENT, "郑川（示例）"),
    Person("auditor", Role.AUDITOR, "沈清（示例）"),
    Person("administrator", Role.ADMINISTRATOR, "方正（示例）"),
    Person("counter", Role.COUNTER, "唐蓉（示例）"),
)
LEADS = (Person("lead-zj", Role.LEAD, "韩梅（示例）", "ZJ"),)
"""Of the department that leads construction permits."""


SURNAMES = "王李张刘陈杨黄吴徐孙胡朱高林何郭马罗梁宋"
GIVEN = ("敏", "静", "磊", "洋", "倩", "涛", "丽", "浩", "洁", "峰", "雪", "亮", "婷")
"""As many as share no divisor with the surnames: together they give 260 names before one comes again."""
NAMED = {"CG": "王敏（示例）", "ZJ": "李静（示例）"}
"""Who is met first in the demonstration."""
CLERKS, HEADS = 2, 130
"""Where the invented names of each begin, so that none is given twice."""


def _invented(place: int) -> str:
    return f"{SURNAMES[place % len(SURNAMES)]}{GIVEN[place % len(GIVEN)]}（示例）"


def heads(departments: Iterable[Department]) -> list[Person]:
    """One for each department; the department stands beside the name."""
    return [
        Person(f"head-{each.code.lower().replace('_', '')}", Role.HEAD, _invented(place), each.code)
        for place, each in enumerate(departments, HEADS)
    ]


def clerks(departments: Iterable[Department]) -> list[Person]:
    """One for each department, two for the lead of construction permits; the department stands beside the name."""
    found = [
        Person(
            f"clerk-{each.code.lower().replace('_', '')}",
            Role.CLERK,
            NAMED.get(each.code) or _invented(place),
            each.code,
        )
        for place, each in enumerate(departments, CLERKS)
    ]
    return [*found, Person("clerk-zj-2", Role.CLERK, _invented(CLERKS + len(found)), "ZJ")]


def enrol_all(session: Session, departments: Sequence[Department], *, at: Moment) -> None:
    """Idempotent. One hash serves all, for they share the password; a slow hash each would delay the first start."""
    hashed = HASHER.hash(PASSWORD)
    organisation = found_organisation(session, name=COMPANY[0], credit_code=COMPANY[1], address=COMPANY[2])
    for person in (*APPLICANTS, *OVERSEERS, *clerks(departments), *LEADS, *heads(departments)):
        account = enrol(
            session,
            username=person.username,
            password_hash=hashed,
            role=person.role,
            name=person.name,
            department=person.department,
            identity_number=person.identity_number,
            phone=person.phone,
            is_demonstration=True,
            at=at,
        )
        if person.duty:
            admit(session, account, organisation, person.duty)
