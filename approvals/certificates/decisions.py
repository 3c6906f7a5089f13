"""What writs say that end a matter: granted, refused, not accepted, not needed."""

from __future__ import annotations

from approvals.certificates.speech import Composed, Speech, Table


def grant(speak: Speech) -> Composed:
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
            reason(speak) if facts["reason"] else "",
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


def refusal(speak: Speech) -> Composed:
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
            reason(speak),
        ),
        Table(heads, opinions) if opinions else None,
        (speak.remedies,),
    )


def not_needed(speak: Speech) -> Composed:
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
            reason(speak),
            speak.remedies,
        ),
    )


def not_accepted(speak: Speech) -> Composed:
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
            reason(speak),
            speak.remedies,
        ),
    )


def reason(speak: Speech) -> str:
    return speak.say("理由：{reason}", "Reason: {reason}", reason=speak.facts["reason"])
