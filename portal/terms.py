"""What the words of the heart are called in the reader's language: outcomes, pauses, lights and kinds of day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from approvals.vocabulary import (
    Act,
    AnnulmentGround,
    ApplicationStatus,
    Authority,
    CertificateAct,
    Channel,
    CopyAct,
    IdentityDocument,
    InterventionKind,
    Judgement,
    LateReason,
    Light,
    ObligationKind,
    ObligationStatus,
    OpeningReason,
    OrderAct,
    OrderStatus,
    Outcome,
    PauseBasis,
    PauseReason,
    PictureProblem,
    Rung,
)
from portal.ui import language
from services.answers import lines
from services.item import ExcludedField, Means
from services.outline import Boundary

if TYPE_CHECKING:
    from approvals.queries.standing import Standing
    from services.answers import Value
    from services.item import Question, Text

JUDGEMENTS: Mapping[Judgement, str] = {
    Judgement.MET: _l("满足"),
    Judgement.UNMET: _l("不满足"),
    Judgement.NOT_APPLICABLE: _l("不适用"),
}
OUTCOMES: Mapping[Outcome, str] = {
    Outcome.ACCEPT: _l("受理"),
    Outcome.NOT_NEEDED: _l("不受理"),
    Outcome.NOT_ACCEPTED: _l("不予受理"),
    Outcome.AGREE: _l("同意"),
    Outcome.AGREE_WITH_CONDITIONS: _l("附条件同意"),
    Outcome.DISAGREE: _l("不同意"),
    Outcome.NOT_CONCERNED: _l("不涉及"),
    Outcome.CANNOT_JUDGE: _l("无法判断"),
    Outcome.GRANT: _l("准予许可"),
    Outcome.REFUSE: _l("不予许可"),
    Outcome.ISSUED: _l("已发证"),
}

OUTCOME_HINTS: Mapping[Outcome, str] = {
    Outcome.ACCEPT: _l("材料齐全、符合法定形式。从明天起计算办理期限。"),
    Outcome.NOT_NEEDED: _l("这件事依法不需要许可，要即时告知（《行政许可法》第三十二条第一款第（一）项）。"),
    Outcome.NOT_ACCEPTED: _l(
        "依法不属于本机关职权范围，要告知向哪个机关申请（《行政许可法》第三十二条第一款第（二）项）。"
    ),
    Outcome.AGREE: _l("符合本部门的要求。"),
    Outcome.AGREE_WITH_CONDITIONS: _l("满足写明的条件后符合要求。"),
    Outcome.DISAGREE: _l("不符合本部门的要求，要写明理由。"),
    Outcome.NOT_CONCERNED: _l("不属于本部门审查的内容。"),
    Outcome.CANNOT_JUDGE: _l("现有材料不足以判断，要写明缺什么。不算同意。"),
    Outcome.GRANT: _l("作出准予许可的决定，系统随即制证。"),
    Outcome.REFUSE: _l("要写明理由。申请人可以申请行政复议或者提起行政诉讼（《行政许可法》第三十八条）。"),
    Outcome.ISSUED: "",
}

STATUSES: Mapping[ApplicationStatus, str] = {
    ApplicationStatus.DRAFT: _l("草稿"),
    ApplicationStatus.SUBMITTED: _l("待受理"),
    ApplicationStatus.RETURNED: _l("待补正"),
    ApplicationStatus.IN_REVIEW: _l("审查中"),
    ApplicationStatus.GRANTED: _l("准予，正在制证"),
    ApplicationStatus.ISSUED: _l("已发证"),
    ApplicationStatus.REFUSED: _l("不予许可"),
    ApplicationStatus.NOT_NEEDED: _l("无需办理"),
    ApplicationStatus.NOT_ACCEPTED: _l("不予受理"),
    ApplicationStatus.WITHDRAWN: _l("已撤回"),
    ApplicationStatus.TERMINATED: _l("已终止"),
}
"""As on the chips of templates/parts/status_chip.html."""

PAUSES: Mapping[PauseReason, str] = {
    PauseReason.CORRECTION: _l("补正"),
    PauseReason.HEARING: _l("听证"),
    PauseReason.ON_SITE: _l("现场勘验"),
    PauseReason.EXPERT_REVIEW: _l("专家评审"),
    PauseReason.TESTING: _l("检验、检测"),
    PauseReason.PUBLIC_NOTICE: _l("公示"),
    PauseReason.THIRD_PARTY: _l("第三方办理"),
    PauseReason.SUSPENSION: _l("中止办理"),
    PauseReason.OBJECTION: _l("复议、诉讼期间"),
    PauseReason.IDLE: _l("暂不由这个环节办理"),
}

BASES: Mapping[str, str] = {
    PauseBasis.CORRECTION: _l("《行政许可法》第三十二条第一款第（四）项"),
    PauseBasis.PROCEDURE: _l("《行政许可法》第四十五条"),
    PauseBasis.OBJECTION: _l("《行政许可法》第三十八条第二款"),
    PauseBasis.SUSPENSION: _l("作出决定的机关负责人决定，没有专门条文"),
    PauseBasis.IDLE: _l("没有轮到这个环节，不占它的期限"),
}

OPENING_REASONS: Mapping[OpeningReason, str] = {
    OpeningReason.SUPERVISION: _l("监督办理时限"),
    OpeningReason.COMPLAINT: _l("处理投诉、信访"),
    OpeningReason.AUDIT: _l("审计、检查"),
    OpeningReason.FIGURES: _l("核对统计数字"),
    OpeningReason.OTHER: _l("其他"),
}

LATE_REASONS: Mapping[LateReason, str] = {
    LateReason.OTHER_DEPARTMENT: _l("等其他部门或者上级答复"),
    LateReason.WORKLOAD: _l("件多，人手不够"),
    LateReason.COMPLEXITY: _l("情况复杂，要多花时间研究"),
    LateReason.ABSENCE: _l("经办人不在或者换人"),
    LateReason.APPLICANT: _l("申请人请求缓办"),
    LateReason.OUTAGE: _l("系统故障"),
    LateReason.OTHER: _l("其他原因"),
}

CHANNELS: Mapping[Channel, str] = {
    Channel.ONLINE: _l("网上申请"),
    Channel.COUNTER: _l("窗口申请"),
}
DOCUMENTS: Mapping[IdentityDocument, str] = {
    IdentityDocument.IDENTITY_CARD: _l("居民身份证"),
    IdentityDocument.TEMPORARY_CARD: _l("临时居民身份证"),
    IdentityDocument.HOUSEHOLD_REGISTER: _l("居民户口簿"),
    IdentityDocument.RESIDENT_CARD: _l("港澳台居民居住证"),
}
AUTHORITIES: Mapping[Authority, str] = {
    Authority.POWER_OF_ATTORNEY: _l("授权委托书"),
    Authority.GUARDIANSHIP: _l("监护关系证明"),
    Authority.LEGAL_REPRESENTATIVE: _l("法定代表人身份证明"),
}

OBLIGATIONS: Mapping[ObligationKind, str] = {
    ObligationKind.DEFERRED_MATERIAL: _l("补交材料"),
    ObligationKind.VERIFICATION: _l("事后核查"),
    ObligationKind.RECTIFICATION: _l("限期改正"),
    ObligationKind.CONDITION: _l("附带条件"),
    ObligationKind.OBJECTION: _l("答复异议"),
}

OWED: Mapping[ObligationStatus, tuple[str, str]] = {
    ObligationStatus.OPEN: ("wait", _l("没办")),
    ObligationStatus.REPORTED: ("review", _l("等部门核实")),
    ObligationStatus.LATE: ("late", _l("逾期没有履行")),
    ObligationStatus.FULFILLED: ("done", _l("已履行")),
    ObligationStatus.UNTRUE: ("refused", _l("承诺不实")),
    ObligationStatus.DROPPED: ("none", _l("不再需要")),
}
"""State of the look and words; of a verification the words are those of VERIFIED."""

VERIFIED: Mapping[ObligationStatus, str] = {
    ObligationStatus.OPEN: _l("没有核查"),
    ObligationStatus.LATE: _l("没有按期履行"),
    ObligationStatus.FULFILLED: _l("属实"),
}

ACTS: Mapping[Act, str] = {
    Act.REPORT: _l("申请人报告已办"),
    Act.SEND_BACK: _l("退回申请人"),
    Act.FULFIL: _l("履行完毕"),
    Act.FALL_DUE: _l("逾期没有履行"),
    Act.DISPROVE: _l("查实承诺不实"),
    Act.UPHOLD: _l("异议成立"),
    Act.DROP: _l("不再需要"),
    Act.TAKE_UP: _l("恢复履行"),
}

CERTIFICATE_ACTS: Mapping[CertificateAct | CopyAct, str] = {
    CopyAct.COPIED: _l("持证人做了一份副本"),
    CopyAct.TRANSLATED: _l("持证人做了英文译本"),
    CopyAct.COPY_ENDED: _l("持证人作废了一份副本"),
    CertificateAct.ISSUE: _l("签发"),
    CertificateAct.SUSPEND: _l("暂停使用"),
    CertificateAct.RESUME: _l("恢复使用"),
    CertificateAct.CHANGE: _l("变更，换发新版"),
    CertificateAct.REISSUE: _l("补发新版"),
    CertificateAct.REVOKE: _l("撤销许可"),
    CertificateAct.RESTORE: _l("异议成立，恢复有效"),
    CertificateAct.ANNUL: _l("注销"),
    CertificateAct.EXPIRE: _l("有效期届满"),
}

GROUNDS: Mapping[AnnulmentGround, str] = {
    AnnulmentGround.EXPIRED: _l("有效期届满，没有延续"),
    AnnulmentGround.DEATH: _l("持证的公民死亡或者丧失行为能力"),
    AnnulmentGround.DISSOLVED: _l("持证的法人或者其他组织依法终止"),
    AnnulmentGround.TAKEN_BACK: _l("许可依法被撤销、撤回，或者证件依法被吊销"),
    AnnulmentGround.IMPOSSIBLE: _l("因不可抗力，许可的事情无法实施"),
    AnnulmentGround.GIVEN_UP: _l("持证人申请注销"),
}
"""Article 70 of the Licensing Law, and what other laws allow."""

EVIDENCE: Mapping[str, str] = {
    "finding": _l("核查结论"),
    "reference": _l("数据来源和编号"),
    "document": _l("核查材料"),
    "officer": _l("核查人员"),
    "seen_on": _l("核查日期"),
}
"""What a finding rests on."""

EXCLUDED: Mapping[ExcludedField, str] = {
    ExcludedField.NATIONAL_SECURITY: _l("直接涉及国家安全"),
    ExcludedField.PUBLIC_SAFETY: _l("直接涉及公共安全"),
    ExcludedField.FINANCE: _l("直接涉及金融审慎监管"),
    ExcludedField.ECOLOGY: _l("直接涉及生态环境保护"),
    ExcludedField.HEALTH_AND_LIFE: _l("直接关系人身健康和生命财产安全"),
    ExcludedField.FOREIGN_AFFAIRS: _l("涉及重要涉外事项"),
}
"""Fields in which nothing may be promised (国办发〔2020〕42号)."""

MEANS: Mapping[Means, str] = {
    Means.SHARED_DATA: _l("数据核验"),
    Means.DOCUMENT: _l("查阅材料"),
    Means.ON_SITE: _l("现场核查"),
}

RUNGS: Mapping[Rung, str] = {
    Rung.WARNING: _l("临近期限"),
    Rung.LATE: _l("超过承诺期限"),
    Rung.ESCALATED: _l("超过承诺期限两个工作日以上，督办"),
    Rung.BREACHED: _l("超过法定期限，督办"),
}

ORDER_STATUSES: Mapping[OrderStatus, str] = {
    OrderStatus.OPEN: _l("待答复"),
    OrderStatus.ANSWERED: _l("已答复"),
    OrderStatus.SENT_BACK: _l("退回再答"),
    OrderStatus.CLOSED: _l("督办已办结"),
}
ORDER_ACTS: Mapping[OrderAct, str] = {
    OrderAct.SEND: _l("发出督办单"),
    OrderAct.ANSWER: _l("答复"),
    OrderAct.SEND_BACK: _l("退回再答"),
    OrderAct.CLOSE: _l("办结督办单"),
}

INTERVENTIONS: Mapping[InterventionKind, str] = {
    InterventionKind.WITHDRAWN: _l("申请人撤回"),
    InterventionKind.TERMINATED: _l("终止办理"),
    InterventionKind.SUSPENDED: _l("中止办理"),
    InterventionKind.RESUMED: _l("恢复办理"),
    InterventionKind.REOPENED: _l("重新办理"),
    InterventionKind.REVOKED: _l("撤销许可"),
    InterventionKind.RESTORED: _l("恢复许可"),
    InterventionKind.RECORDED: _l("记入信用记录"),
}

LIGHTS: Mapping[Light, str] = {
    Light.GREEN: _l("期限内"),
    Light.YELLOW: _l("即将到期"),
    Light.RED: _l("超过承诺"),
    Light.DEEP_RED: _l("超过法定"),
    Light.PAUSED: _l("停表"),
}


HOLIDAYS: Mapping[str, str] = {
    "元旦": _l("元旦"),
    "春节": _l("春节"),
    "清明节": _l("清明节"),
    "劳动节": _l("劳动节"),
    "端午节": _l("端午节"),
    "中秋节": _l("中秋节"),
    "国庆节": _l("国庆节"),
}
"""The statutory holidays as the official calendar calls them; the office's own closures keep their own names."""
MAKE_UP = "调休"

AGAINST: Mapping[str, str] = {
    "AlreadyDecided": _l("已经有人办完了"),
    "AlreadyProposed": _l("有意见在等第二个人复核"),
    "AlreadyTaken": _l("同事先接了"),
    "ChangedMeanwhile": _l("选上以后申请人又补正过，请打开看过再办"),
    "ColleagueAbsent": _l("这位同事不在"),
    "ColleagueStoodIn": _l("这位同事不在，请直接交给代办的同事"),
    "ColleaguesOwn": _l("这是这位同事自己的申请"),
    "ConsentMissing": _l("有部门没有同意，只能不予许可"),
    "TimeRunsBackwards": _l("服务器的时间不对，比上一次变动还早"),
    "PromiseBroken": _l("承诺不实或者逾期没有改，不能准予许可"),
    "Finished": _l("整件已经办结"),
    "GlyphMissing": _l("证照字库里缺字，请技术人员补字后再办"),
    "LateReasonMissing": _l("已经超时，还要说明原因"),
    "NotAColleague": _l("这位同事不在本部门"),
    "NotInYourHands": _l("不在您手上"),
    "NotYourStep": _l("要由部门负责人办，或者已经不归本部门"),
    "OutcomeNotPossible": _l("这个环节不能这样处理"),
    "OwnApplication": _l("这是您自己的申请"),
    "PointsUnanswered": _l("有审查要点要逐项看，请打开勾选"),
    "PointsUnmet": _l("有必须满足的审查要点没有满足"),
    "ReasonMissing": _l("还要写明理由"),
    "SecondPersonNeeded": _l("要两个人办，请打开提出意见，再由同事复核"),
    "SomebodyElseHasIt": _l("同事在办，要先接过来"),
    "StepNotOpen": _l("在等前面的环节、等申请人补正，或者在特别程序中"),
    "": _l("情况有变化，请打开看看"),
}
"""In a list of many: shorter than on the page of one."""

PICTURE_PROBLEMS: Mapping[PictureProblem, str] = {
    PictureProblem.EMPTY: _l("这张图里没有画任何内容，请下载后用专业软件打开。"),
    PictureProblem.UNREADABLE: _l("这张图读不出来，请下载后用专业软件打开；还是打不开的，请申请人补正。"),
    PictureProblem.TOO_LARGE: _l("这张图内容太多，不能在页面里看，请下载后用专业软件打开。"),
    PictureProblem.TOO_COSTLY: _l("画这张图要的时间或者内存太多，请下载后用专业软件打开。"),
    PictureProblem.BUSY: _l("正在画别的图，请过一分钟再打开。"),
}
"""Why a drawing is not shown."""

NO_KEY = (_l("本部门的签名密钥没有放好，或者不能用"), _l("请系统管理员放好密钥，再重新制作。"))
NO_ANSWER = (_l("签名服务没有应答"), _l("服务恢复后会自己再试，不用等的话可以现在重新制作。"))
TOO_MUCH = (
    _l("内容太多：超过了一张证照的页数，或者限定的时间和内存"),
    _l("请看证照上哪一项特别长；内容不长的，请系统管理员看后台日志。"),
)
NO_ROOM = (_l("文件存不下，或者读不出"), _l("请系统管理员看存储空间，再重新制作。"))
TROUBLES: Mapping[str, tuple[str, str]] = {
    "": (_l("制作到一半就断了"), _l("请系统管理员看后台的内存和运行时间，再重新制作。")),
    "FileNotFoundError": NO_ROOM,
    "NoAuthority": NO_KEY,
    "NoKey": NO_KEY,
    "NoSignatory": NO_KEY,
    "OSError": NO_ROOM,
    "MemoryError": TOO_MUCH,
    "PermissionError": NO_ROOM,
    "SoftTimeLimitExceeded": TOO_MUCH,
    "TooLong": TOO_MUCH,
    "Unproven": (
        _l("签出来的文件，本站自己核验不过，所以没有登记"),
        _l("请系统管理员看签名密钥的证书：还没生效、已经到期、已经吊销，都会这样。换好密钥，再重新制作。"),
    ),
    "Unreachable": NO_ANSWER,
}
"""Why a certificate could not be made, and what helps, by the name of the error."""
SOMETHING = (_l("制作时出了错"), _l("请把证照编号告诉系统管理员，原因在后台日志里；修好后重新制作。"))


def status_words(status: ApplicationStatus) -> str:
    return str(STATUSES[status])


def outcome_words(outcome: Outcome) -> str:
    return str(OUTCOMES[outcome])


def judgement_words(judgement: Judgement) -> str:
    return str(JUDGEMENTS[judgement])


def against_words(refusal: str) -> str:
    """What stands against one step of a batch, by the name of the refusal."""
    return str(AGAINST.get(refusal, AGAINST[""]))


def trouble_words(trouble: str) -> tuple[str, str]:
    """Why a certificate could not be made, and the remedy."""
    why, remedy = TROUBLES.get(trouble, SOMETHING)
    return str(why), str(remedy)


def pause_words(reason: PauseReason) -> str:
    return str(PAUSES[reason])


def basis_words(basis: str) -> str:
    """Nothing for one that is not known here: it is shown as it was written."""
    return str(BASES.get(basis, ""))


def late_words(reason: LateReason) -> str:
    return str(LATE_REASONS[reason])


def picture_words(problem: PictureProblem) -> str:
    return str(PICTURE_PROBLEMS[problem])


def rung_words(rung: Rung) -> str:
    return str(RUNGS[rung])


def order_words(status: OrderStatus) -> str:
    return str(ORDER_STATUSES[status])


def order_act_words(kind: OrderAct) -> str:
    return str(ORDER_ACTS[kind])


def intervention_words(kind: InterventionKind) -> str:
    return str(INTERVENTIONS[kind])


def light_words(light: Light) -> str:
    return str(LIGHTS[light])


def holiday_words(name: str) -> str:
    """国庆节, 国庆节、中秋节, 国庆节调休: of a rest day or of a day worked in its stead."""
    names = _("、").join(str(HOLIDAYS.get(one, one)) for one in name.removesuffix(MAKE_UP).split("、"))
    return _("%(name)s调休", name=names) if name.endswith(MAKE_UP) else names


def standing_words(standing: Standing) -> str:
    """余 4 个工作日, 今天到期, 超 2 个工作日, 停表第 4 日."""
    if standing.light is Light.PAUSED:
        if standing.stopped_days == 0:
            return _("今天停表")
        return _("停表第 %(number)s 日", number=standing.stopped_days)
    if standing.remaining is None:
        return _("没有时限")
    if standing.remaining < 0:
        return ngettext("超 %(num)s 个工作日", "超 %(num)s 个工作日", -standing.remaining)
    if standing.remaining == 0:
        # On a rest day after the due date nothing has been counted yet, but the date is past.
        return _("今天到期") if standing.light is Light.YELLOW else _("期限已过")
    return ngettext("余 %(num)s 个工作日", "余 %(num)s 个工作日", standing.remaining)


def answer_lines(question: Question, value: Value, regions: Mapping[str, Text]) -> tuple[str, ...]:
    """An answer as a person reads it, line by line, what is personal in it masked."""
    return lines(question, value, language(), regions)


def outline_points(value: Value) -> str:
    """The corners of an outline as they are drawn; nothing for any other answer."""
    return value.drawn() if isinstance(value, Boundary) else ""


def obligation_words(kind: ObligationKind) -> str:
    return str(OBLIGATIONS[kind])


def channel_words(channel: Channel) -> str:
    return str(CHANNELS[channel])


def document_words(document: IdentityDocument) -> str:
    return str(DOCUMENTS[document])


def authority_words(authority: Authority) -> str:
    return str(AUTHORITIES[authority])


def opening_words(reason: OpeningReason) -> str:
    return str(OPENING_REASONS[reason])


def owed_state(status: ObligationStatus) -> str:
    """The state of the look in which it is shown."""
    return OWED[status][0]


def owed_words(status: ObligationStatus, kind: ObligationKind) -> str:
    words = VERIFIED.get(status) if kind is ObligationKind.VERIFICATION else None
    return str(words or OWED[status][1])


def act_words(act: Act) -> str:
    return str(ACTS[act])


def act_of_certificate(act: CertificateAct | CopyAct) -> str:
    return str(CERTIFICATE_ACTS[act])


def ground_words(ground: AnnulmentGround) -> str:
    return str(GROUNDS[ground])


def means_words(means: Means) -> str:
    return str(MEANS[means])


def evidence_words(field: str) -> str:
    return str(EVIDENCE[field])


def register(app: Flask) -> None:
    for owed in (obligation_words, owed_state, owed_words, act_words, means_words, evidence_words):
        app.jinja_env.filters[owed.__name__] = owed
    for seen in (channel_words, document_words, authority_words):
        app.jinja_env.filters[seen.__name__] = seen
    for life in (act_of_certificate, ground_words):
        app.jinja_env.filters[life.__name__] = life
    filters = (opening_words, status_words, outcome_words, judgement_words, pause_words, light_words, rung_words)
    for filter_ in (
        *filters,
        basis_words,
        late_words,
        order_words,
        order_act_words,
        intervention_words,
        holiday_words,
        standing_words,
        answer_lines,
        outline_points,
    ):
        app.jinja_env.filters[filter_.__name__] = filter_
