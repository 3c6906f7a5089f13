"""What writs say on the way to a decision: received, accepted, to be corrected, paused, extended, served."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from approvals.certificates.speech import TITLES, Composed, Speech, Table, dated
from approvals.clock.moment import CITY
from approvals.vocabulary import Authority, IdentityDocument, PauseReason
from services.item import Text

PAUSES: Mapping[str, Text] = {
    PauseReason.HEARING: Text("听证", "a hearing"),
    PauseReason.ON_SITE: Text("现场勘验", "an inspection on site"),
    PauseReason.EXPERT_REVIEW: Text("专家评审", "an expert review"),
    PauseReason.TESTING: Text("检验、检测", "testing"),
    PauseReason.PUBLIC_NOTICE: Text("公示", "a public notice"),
    PauseReason.THIRD_PARTY: Text("第三方办理", "work by a third party"),
}

DOCUMENTS: Mapping[str, Text] = {
    IdentityDocument.IDENTITY_CARD: Text("居民身份证", "identity card"),
    IdentityDocument.TEMPORARY_CARD: Text("临时居民身份证", "temporary identity card"),
    IdentityDocument.HOUSEHOLD_REGISTER: Text("居民户口簿", "household register"),
    IdentityDocument.RESIDENT_CARD: Text(
        "港澳台居民居住证", "residence permit for Hong Kong, Macao and Taiwan residents"
    ),
}
AUTHORITIES: Mapping[str, Text] = {
    Authority.POWER_OF_ATTORNEY: Text("授权委托书", "power of attorney"),
    Authority.GUARDIANSHIP: Text("监护关系证明", "proof of guardianship"),
    Authority.LEGAL_REPRESENTATIVE: Text("法定代表人身份证明", "proof of being the legal representative"),
}


def receipt(speak: Speech) -> Composed:
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
                "本机关最迟{day}告知是否受理。",
                "You will be told by {day} whether it is accepted. ",
                day=speak.due("answer_by"),
            )
            + _silence(speak)
            if facts["answer_by"]
            else "",
            speak.say(
                "本凭证只证明收到上述申请和材料，不代表已经受理。",
                "This receipt only proves that application and materials were received; it is no acceptance.",
            ),
        ),
    )


def _silence(speak: Speech) -> str:
    """Article 32: acceptance follows from the law's limit, not from an earlier day that was promised."""
    if not speak.facts.get("silent_after"):
        return ""
    return speak.say(
        "到{day}仍不告知的，自收到申请材料之日起即为受理。",
        "If you are not told by {day}, it counts as accepted from the day the materials were received.",
        day=speak.due("silent_after"),
    )


def acceptance(speak: Speech) -> Composed:
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
    promised, statutory = speak.due("promised"), speak.due("statutory")
    if promised and statutory:
        return speak.say(
            "本机关承诺于{promised}前办结，法定办结期限为{statutory}。",
            "This body promises a decision by {promised}; the limit of the law is {statutory}.",
            promised=promised,
            statutory=statutory,
        )
    if promised or statutory:
        return speak.say(
            "本机关将于{day}前办结。",
            "This body will decide by {day}.",
            day=promised or statutory,
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


def correction(speak: Speech) -> Composed:
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


def special_procedure(speak: Speech) -> Composed:
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
                until=speak.due("until"),
            ),
            speak.say("说明：{note}", "Remarks: {note}", note=facts["note"]),
        ),
    )


def extension(speak: Speech) -> Composed:
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


def delivery(speak: Speech) -> Composed:
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
        *(_handed(speak, facts["handed"]) if "handed" in facts else _arrived(speak)),
        (
            speak.say("送达时间", "Served at") if "handed" in facts else speak.say("到达时间", "Arrived at"),
            f"{dated(arrived.date(), speak.language)} {arrived:%H:%M}",
        ),
        (
            speak.say("签收", "Received"),
            speak.say("领取人签名：", "Signature of the receiver:"),
        )
        if "handed" in facts
        else (
            speak.say("备注", "Remarks"),
            speak.say(
                "以到达受送达人系统的时间为送达时间。",
                "The time at which a paper reaches the addressee's system is the time of service.",
            ),
        ),
    )
    return Composed((), Table((), rows))


def _arrived(speak: Speech) -> tuple[tuple[str, str], ...]:
    return (
        (speak.say("送达方式", "Manner"), speak.say("电子送达", "Electronic service")),
        (
            speak.say("送达到", "Served at"),
            speak.say(
                "受送达人在天府蓉易办的“我的消息”和“我的证照”",
                "The addressee's messages and certificates on the portal",
            ),
        ),
    )


def _handed(speak: Speech, handed: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    shown = [DOCUMENTS[handed["document"]], *([AUTHORITIES[handed["authority"]]] if handed["authority"] else [])]
    return (
        (
            speak.say("送达方式", "Manner"),
            speak.say("直接送达，综合窗口 {window} 领取", "In person, at window {window}", window=handed["window"]),
        ),
        (
            speak.say("领取人", "Handed to"),
            "\n".join((handed["to"], *(each.in_language(speak.language) for each in shown))),
        ),
    )
