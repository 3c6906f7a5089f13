"""What stands on a writ (文书): its facts put into the words that the law wants, in Chinese or translated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from approvals.clock.moment import CITY
from approvals.vocabulary import PauseReason, WritKind
from services.answers import show_date
from services.item import Text

Facts = Mapping[str, Any]
Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under their heads; without heads the first cell of each row is its head."""

    heads: Row
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class WritSheet:
    """`before` are the paragraphs above the table, `after` those below it."""

    kind: WritKind
    language: str
    title: str
    number: str
    issuer: str
    issuer_zh: str
    """On the seal, in every language."""
    issuer_code: str
    addressee: str
    before: tuple[str, ...]
    table: Table | None
    after: tuple[str, ...]
    day: date
    drawn_up_at: datetime
    address: str
    """Of the application, for the QR code of a receipt; empty for the others."""
    is_demonstration: bool
    data: Facts

    @property
    def is_translation(self) -> bool:
        return self.language == "en"


@dataclass(frozen=True, slots=True)
class Composed:
    before: tuple[str, ...]
    table: Table | None = None
    after: tuple[str, ...] = ()


PAUSES: Mapping[str, Text] = {
    PauseReason.HEARING: Text("听证", "a hearing"),
    PauseReason.ON_SITE: Text("现场勘验", "an inspection on site"),
    PauseReason.EXPERT_REVIEW: Text("专家评审", "an expert review"),
    PauseReason.TESTING: Text("检验、检测", "testing"),
    PauseReason.PUBLIC_NOTICE: Text("公示", "a public notice"),
    PauseReason.THIRD_PARTY: Text("第三方办理", "work by a third party"),
}
TITLES: Mapping[str, tuple[Text, Text]] = {
    WritKind.RECEIPT: (Text("收件凭证", "Receipt"),) * 2,
    WritKind.ACCEPTANCE: (Text("受理通知书", "Notice of Acceptance"),) * 2,
    WritKind.CORRECTION: (Text("补正通知书", "Notice of Correction"),) * 2,
    WritKind.NOT_NEEDED: (Text("不受理通知书", "Notice that No Permit Is Needed"),) * 2,
    WritKind.NOT_ACCEPTED: (Text("不予受理通知书", "Notice of Non-Acceptance"),) * 2,
    WritKind.SPECIAL_PROCEDURE: (Text("特别程序告知书", "Notice of a Special Procedure"),) * 2,
    WritKind.EXTENSION: (Text("延期通知书", "Notice of Extension"),) * 2,
    WritKind.GRANT: (
        Text("准予行政许可决定书", "Decision Granting a Licence"),
        Text("准予决定书", "Decision Granting the Application"),
    ),
    WritKind.REFUSAL: (
        Text("不予行政许可决定书", "Decision Refusing a Licence"),
        Text("不予决定书", "Decision Refusing the Application"),
    ),
    WritKind.DELIVERY: (Text("送达回证", "Certificate of Service"),) * 2,
}
"""Of administrative licensing, and of other matters."""


def sheet_of(
    kind: WritKind, facts: Facts, *, drawn_up_at: datetime, language: str, public_url: str, is_demonstration: bool
) -> WritSheet:
    """The writ in words. The Chinese one is the original; the English one says that it is a translation."""
    speak = Speech("en" if language == "en" else "zh", facts)
    composed = COMPOSERS[kind](speak)
    address = f"{public_url.rstrip('/')}/applications/{facts['application']}"
    return WritSheet(
        kind=kind,
        language=speak.language,
        title=speak.title(kind),
        number=facts["number"],
        issuer=speak.of(facts["issuer"]),
        issuer_zh=facts["issuer"][0],
        issuer_code=facts["issuer_code"],
        addressee=facts["addressee"],
        before=tuple(paragraph for paragraph in composed.before if paragraph),
        table=composed.table,
        after=tuple(paragraph for paragraph in composed.after if paragraph),
        day=date.fromisoformat(facts["day"]),
        drawn_up_at=drawn_up_at,
        address=address if kind is WritKind.RECEIPT else "",
        is_demonstration=is_demonstration,
        data=facts,
    )


def dated(day: date, language: str) -> str:
    """2026年5月8日, without the spaces of the screen."""
    return show_date(day, language) if language == "en" else f"{day.year}年{day.month}月{day.day}日"


@dataclass(frozen=True, slots=True)
class Speech:
    """One language over the facts of one writ."""

    language: str
    facts: Facts

    def say(self, zh: str, en: str, **more: str) -> str:
        """The sentence in the language, its places filled with these words and the common ones.

        Only these templates of ours are formatted; what people wrote goes in as a value.
        """
        common = {
            "title": self.facts["title"],
            "item": self.of(self.facts["item"]),
            "application": self.facts["application"],
            "government": self.of(self.facts["government"]),
        }
        return (en if self.language == "en" else zh).format(**common, **more)

    def of(self, both: Iterable[str]) -> str:
        zh, en = both
        return en if self.language == "en" and en else zh

    def day(self, value: str | None) -> str:
        return dated(date.fromisoformat(value), self.language) if value else ""

    def title(self, kind: WritKind) -> str:
        licence, other = TITLES[kind]
        return (licence if self.facts["is_licence"] else other).in_language(self.language)

    @property
    def subject(self) -> str:
        """《item》 by its name, and what it is about where the applicant gave it a name of its own."""
        named = self.facts["title"] not in self.facts["item"]
        if self.language == "en":
            return self.of(self.facts["item"]) + (f" ({self.facts['title']})" if named else "")
        return f"“{self.facts['item'][0]}”" + (f"（{self.facts['title']}）" if named else "")

    @property
    def law(self) -> bool:
        return bool(self.facts["is_licence"])

    @property
    def remedies(self) -> str:
        return self.say(
            "如不服本决定，可以自收到本决定书之日起六十日内向{government}申请行政复议，"
            "也可以自收到本决定书之日起六个月内依法向有管辖权的人民法院提起行政诉讼。",
            "Whoever disagrees may ask {government} for administrative reconsideration within 60 days of receiving this"
            " decision, or bring an administrative action before the competent People's Court within 6 months of it.",
        )


def _receipt(speak: Speech) -> Composed:
    facts = speak.facts
    rows = tuple(
        (str(index), speak.of((zh, en)), str(count), speak.say("电子文件", "electronic"))
        for index, (zh, en, count) in enumerate(facts["materials"], start=1)
    )
    heads = tuple(speak.say("序号 材料名称 份数 形式", "No. Material Copies Form").split(" "))
    return Composed(
        (
            speak.say(
                "您提交的{subject}申请已于{day}收到，办件编号 {application}。收到的材料如下：",
                "Your application for {subject} was received on {day} under number {application}. Received were:",
                subject=speak.subject,
                day=speak.day(facts["day"]),
            )
            if rows
            else speak.say(
                "您提交的{subject}申请已于{day}收到，办件编号 {application}。本次申请没有另交材料。",
                "Your application for {subject} was received on {day} under number {application}. No materials were"
                " handed in with it.",
                subject=speak.subject,
                day=speak.day(facts["day"]),
            ),
        ),
        Table(heads, rows) if rows else None,
        (
            speak.say(
                "本机关将在{day}前告知是否受理。逾期不告知的，自收到申请材料之日起即为受理。",
                "You will be told by {day} whether it is accepted. If you are not told in time, it counts as accepted"
                " from the day the materials were received.",
                day=speak.day(facts["answer_by"]),
            )
            if facts["answer_by"]
            else "",
            speak.say(
                "本凭证只证明收到上述申请和材料，不代表已经受理。",
                "This receipt only proves that application and materials were received; it is no acceptance.",
            ),
        ),
    )


def _acceptance(speak: Speech) -> Composed:
    facts = speak.facts
    subject, day = speak.subject, speak.day(facts["accepted_on"])
    if facts["is_deemed"]:
        first = speak.say(
            "您提交的{subject}申请（办件编号 {application}），本机关自收到申请材料之日起五个工作日内没有告知补正内容。"
            "根据《中华人民共和国行政许可法》第三十二条第一款第（四）项的规定，自收到申请材料之日即{day}起为受理。",
            "Within five working days of receiving your application for {subject} (number {application}) you were not"
            " told of anything to correct. Under article 32(1)(4) of the Administrative Licensing Law it is accepted as"
            " of the day the materials were received, {day}.",
            subject=subject,
            day=day,
        )
    else:
        first = speak.say(
            "您提交的{subject}申请（办件编号 {application}），经审查，申请材料齐全、符合法定形式，属于本机关职权范围。"
            + (
                "根据《中华人民共和国行政许可法》第三十二条第一款第（五）项的规定，决定自{day}起受理。"
                if speak.law
                else "决定自{day}起受理。"
            ),
            "Your application for {subject} (number {application}) is complete, in due form and within the powers of"
            " this body."
            + (" Under article 32(1)(5) of the Administrative Licensing Law" if speak.law else "")
            + " it is accepted as of {day}.",
            subject=subject,
            day=day,
        )
    return Composed((first, _limits(speak), _uncounted(speak)))


def _limits(speak: Speech) -> str:
    facts = speak.facts
    promised, statutory = speak.day(facts["promised"]), speak.day(facts["statutory"])
    about = speak.say("（预计）", " (provisionally)") if facts["is_provisional"] else ""
    if promised and statutory:
        return speak.say(
            "本机关承诺于{promised}{about}前办结，法定办结期限为{statutory}{about}。",
            "This body promises a decision by {promised}{about}; the limit of the law is {statutory}{about}.",
            promised=promised,
            statutory=statutory,
            about=about,
        )
    if promised or statutory:
        return speak.say(
            "本机关将于{day}{about}前办结。",
            "This body will decide by {day}{about}.",
            day=promised or statutory,
            about=about,
        )
    return ""


def _uncounted(speak: Speech) -> str:
    if not speak.law:
        return ""
    return speak.say(
        "依法需要听证、招标、拍卖、检验、检测、检疫、鉴定和专家评审的，所需时间不计算在上述期限内，将另行书面告知。",
        "Time needed for hearings, tenders, auctions, inspection, testing, quarantine, appraisal or expert review is"
        " not counted; you will be told of it in writing.",
    )


def _correction(speak: Speech) -> Composed:
    facts = speak.facts
    by_law = speak.law and not facts["is_accepted"]
    first = speak.say(
        "您提交的{subject}申请（办件编号 {application}），"
        + ("审查中发现" if facts["is_accepted"] else "经审查，申请材料不齐全或者不符合法定形式，")
        + (
            "根据《中华人民共和国行政许可法》第三十二条第一款第（四）项的规定，"
            if by_law
            else ("下列内容需要补正，" if facts["is_accepted"] else "")
        )
        + "现将需要补正的全部内容一次告知如下：",
        "On your application for {subject} (number {application}) you are hereby told once and completely what has to"
        " be corrected" + (" (article 32(1)(4) of the Administrative Licensing Law)" if by_law else "") + ":",
        subject=speak.subject,
    )
    rows = tuple(
        (str(index), speak.of((zh, en)), words) for index, (zh, en, words) in enumerate(facts["entries"], start=1)
    )
    heads = tuple(speak.say("序号|补正内容|补正要求", "No.|What|How to correct it").split("|"))
    return Composed(
        (first,),
        Table(heads, rows),
        (
            speak.say("上一轮没有一并提出的原因：{why}", "Why this was not asked before: {why}", why=facts["why_again"])
            if facts["why_again"]
            else "",
            speak.say(
                "请登录天府蓉易办补正后再次提交。自本通知次日起至收到补正之日止，不计入本环节（{step}）的办理期限。",
                "Please correct it on the portal and send it again. From the day after this notice to the day your"
                " correction arrives no time is counted for this step ({step}).",
                step=speak.of(facts["step"]),
            ),
        ),
    )


def _not_needed(speak: Speech) -> Composed:
    return Composed(
        (
            speak.say(
                "您提交的{subject}申请（办件编号 {application}），所申请的事项依法不需要取得"
                + ("行政许可。" if speak.law else "批准。")
                + (
                    "根据《中华人民共和国行政许可法》第三十二条第一款第（一）项的规定，决定不受理。"
                    if speak.law
                    else "决定不受理。"
                ),
                "What you applied for, {subject} (number {application}), needs no permit by law"
                + (" (article 32(1)(1) of the Administrative Licensing Law)" if speak.law else "")
                + "; your application is therefore not taken up.",
                subject=speak.subject,
            ),
            _reason(speak),
            speak.remedies,
        ),
    )


def _not_accepted(speak: Speech) -> Composed:
    return Composed(
        (
            speak.say(
                "您提交的{subject}申请（办件编号 {application}），经审查，依法不属于本机关职权范围或者不符合受理条件。"
                + (
                    "根据《中华人民共和国行政许可法》第三十二条第一款第（二）项的规定，决定不予受理。"
                    if speak.law
                    else "决定不予受理。"
                ),
                "Your application for {subject} (number {application}) lies outside the powers of this body or does not"
                " meet the conditions of acceptance"
                + (" (article 32(1)(2) of the Administrative Licensing Law)" if speak.law else "")
                + " and is not accepted.",
                subject=speak.subject,
            ),
            _reason(speak),
            speak.remedies,
        ),
    )


def _reason(speak: Speech) -> str:
    return speak.say("理由：{reason}", "Reason: {reason}", reason=speak.facts["reason"])


def _special_procedure(speak: Speech) -> Composed:
    facts = speak.facts
    what = PAUSES[facts["reason"]].in_language(speak.language)
    return Composed(
        (
            speak.say(
                "您提交的{subject}申请（办件编号 {application}），在“{step}”环节依法需要进行{what}，"
                "所需时间为{days}个工作日，预计至{until}。"
                + (
                    "根据《中华人民共和国行政许可法》第四十五条的规定，上述时间不计算在办理期限内。"
                    if speak.law
                    else "上述时间不计算在办理期限内。"
                ),
                "Your application for {subject} (number {application}) needs {what} in the step “{step}”. It takes"
                " {days} working days, until about {until}; under"
                + (" article 45 of the Administrative Licensing Law" if speak.law else " the rules of this matter")
                + " this time is not counted.",
                subject=speak.subject,
                step=speak.of(facts["step"]),
                what=what,
                days=str(facts["days"]),
                until=speak.day(facts["until"]),
            ),
            speak.say("说明：{note}", "Remarks: {note}", note=facts["note"]),
        ),
    )


def _extension(speak: Speech) -> Composed:
    facts = speak.facts
    return Composed(
        (
            speak.say(
                "您提交的{subject}申请（办件编号 {application}），在规定期限内不能作出决定。"
                + ("根据《中华人民共和国行政许可法》第四十二条的规定，" if speak.law else "")
                + ("经本级人民政府负责人批准，" if facts["is_joint"] else "经本机关负责人批准，")
                + "办理期限延长{days}个工作日。",
                "No decision on your application for {subject} (number {application}) can be made in time. With the"
                " approval of the head of "
                + ("the people's government" if facts["is_joint"] else "this body")
                + (" under article 42 of the Administrative Licensing Law" if speak.law else "")
                + ", the limit is extended by {days} working days.",
                subject=speak.subject,
                days=str(facts["days"]),
            ),
            speak.say("延长的理由：{reason}", "Reason: {reason}", reason=facts["reason"]),
            _limits(speak),
        ),
    )


def _grant(speak: Speech) -> Composed:
    facts = speak.facts
    zh, en, number = facts["certificate"]
    head = speak.say("准予的证照", "Certificate")
    rows = [(head, speak.of((zh, en))), (speak.say("证照编号", "Number"), number)]
    if facts["valid_until"]:
        rows.append((speak.say("有效期至", "Valid until"), speak.day(facts["valid_until"])))
    conditions = tuple(
        speak.say("{n}．{words}（{who}）", "{n}. {words} ({who})", n=str(index), words=words, who=speak.of((zh, en)))
        for index, (zh, en, words) in enumerate(facts["conditions"], start=1)
    )
    return Composed(
        (
            speak.say(
                "您提交的{subject}申请（办件编号 {application}），经审查，符合法定条件、标准。"
                + ("根据《中华人民共和国行政许可法》第三十八条第一款" if speak.law else "根据")
                + "{basis}"
                + ("的规定，决定准予行政许可。" if speak.law else "的规定，决定准予。"),
                "Your application for {subject} (number {application}) meets the conditions and standards of the law"
                " and is granted" + (" under article 38(1) of the Administrative Licensing Law." if speak.law else "."),
                subject=speak.subject,
                basis=_basis(speak),
            ),
            _reason(speak) if facts["reason"] else "",
        ),
        Table((), tuple(rows)),
        (
            speak.say("附带条件：", "On these conditions:") if conditions else "",
            *conditions,
            speak.say(
                "证照自本决定作出之日起十个工作日内颁发、送达。",
                "The certificate is issued and delivered within ten working days of this decision.",
            ),
        ),
    )


def _basis(speak: Speech) -> str:
    """、《建筑法》第八条 …, as the catalogue names them; the licensing law stands before it already."""
    named = [each.partition("（")[0] for each in speak.facts["basis"] if "行政许可法" not in each]
    joined = "、".join(named)
    if not joined:
        return "" if speak.law else "有关法律、法规"
    return f"和{joined}" if speak.law else joined


def _refusal(speak: Speech) -> Composed:
    facts = speak.facts
    opinions = tuple((speak.of((zh, en)), words) for zh, en, words in facts["opinions"])
    heads = tuple(speak.say("部门|不同意的理由", "Department|Why it does not agree").split("|"))
    return Composed(
        (
            speak.say(
                "您提交的{subject}申请（办件编号 {application}），经审查，不符合法定条件、标准。"
                + ("根据《中华人民共和国行政许可法》第三十八条第二款" if speak.law else "根据")
                + "{basis}"
                + ("的规定，决定不予行政许可。" if speak.law else "的规定，决定不予批准。"),
                "Your application for {subject} (number {application}) does not meet the conditions and standards of"
                " the law and is refused"
                + (" under article 38(2) of the Administrative Licensing Law." if speak.law else "."),
                subject=speak.subject,
                basis=_basis(speak),
            ),
            _reason(speak),
        ),
        Table(heads, opinions) if opinions else None,
        (speak.remedies,),
    )


def _delivery(speak: Speech) -> Composed:
    facts = speak.facts
    arrived = datetime.fromisoformat(facts["arrived_at"]).astimezone(CITY)
    served = []
    for kind, number, zh, en, is_licence in facts["served"]:
        title = TITLES[kind][0 if is_licence else 1].in_language(speak.language) if kind else speak.of((zh, en))
        served.append(f"{title}\n{number}")
    rows = (
        (speak.say("送达的文书", "Papers served"), "\n".join(served)),
        (speak.say("受送达人", "Served on"), facts["addressee"]),
        (speak.say("办件", "Application"), f"{speak.subject}\n{facts['application']}"),
        (
            speak.say("送达方式", "Manner"),
            speak.say("电子送达", "Electronic service"),
        ),
        (
            speak.say("送达到", "Served at"),
            speak.say(
                "受送达人在天府蓉易办的“我的消息”和“我的证照”",
                "The addressee's messages and certificates on the portal",
            ),
        ),
        (
            speak.say("到达时间", "Arrived at"),
            f"{dated(arrived.date(), speak.language)} {arrived:%H:%M}",
        ),
        (
            speak.say("备注", "Remarks"),
            speak.say(
                "以到达受送达人系统的时间为送达时间。",
                "The time at which a paper reaches the addressee's system is the time of service.",
            ),
        ),
    )
    return Composed((), Table((), rows))


COMPOSERS: Mapping[WritKind, Callable[[Speech], Composed]] = {
    WritKind.RECEIPT: _receipt,
    WritKind.ACCEPTANCE: _acceptance,
    WritKind.CORRECTION: _correction,
    WritKind.NOT_NEEDED: _not_needed,
    WritKind.NOT_ACCEPTED: _not_accepted,
    WritKind.SPECIAL_PROCEDURE: _special_procedure,
    WritKind.EXTENSION: _extension,
    WritKind.GRANT: _grant,
    WritKind.REFUSAL: _refusal,
    WritKind.DELIVERY: _delivery,
}
