"""In which words each event is told: one title and one sentence a kind, filled in when the letter is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from markupsafe import escape

from approvals.events import Event
from approvals.queries.letters import LetterRow
from approvals.vocabulary import Outcome
from portal.formats import days, due_day
from portal.names import in_full, sentences
from portal.terms import pause_words


@dataclass(frozen=True, slots=True)
class Wording:
    """What the reader sees. `sentence` (markup) names the application's number and, wherever there is one, a date."""

    title: str
    sentence: str


WORDS: Mapping[str, tuple[str, str]] = {
    Event.SUBMITTED: (
        _l("已收到您的申请"),
        _l("办件编号 %(number)s。%(answer_due)s前告诉您是否受理。"),
    ),
    "submitted, undated": (_l("已收到您的申请"), _l("办件编号 %(number)s。是否受理，会在这里告诉您。")),
    Event.ACCEPTED: (_l("已受理"), _l("办件编号 %(number)s，已开始审查，承诺 %(due)s前办结。")),
    "accepted, undated": (_l("已受理"), _l("办件编号 %(number)s，已开始审查。")),
    Event.NOT_ACCEPTED: (
        _l("不予受理"),
        _l("办件编号 %(number)s。理由写在办件里。您可在 60 日内申请行政复议，或者在 6 个月内提起行政诉讼。"),
    ),
    "not needed": (
        _l("这件事不需要办理许可"),
        _l("办件编号 %(number)s。依法不需要许可，可以直接进行。理由写在办件里。"),
    ),
    Event.CORRECTION_ASKED: (
        _l("请您补正"),
        _l("办件编号 %(number)s。%(departments)s请您补正 %(things)s。补正期间，这个部门不计时。"),
    ),
    "asked by several": (
        _l("请您补正"),
        _l("办件编号 %(number)s。%(departments)s请您补正 %(things)s，都写在下面。补正期间，这些部门不计时。"),
    ),
    Event.CORRECTION_ANSWERED: (_l("补正已送达"), _l("办件编号 %(number)s。补正内容已送到部门，继续审查。")),
    Event.AMENDED: (
        _l("修改已送达"),
        _l("办件编号 %(number)s。部门按您最后一次送出的内容办理，%(answer_due)s前告诉您是否受理。"),
    ),
    "amended, undated": (_l("修改已送达"), _l("办件编号 %(number)s。部门按您最后一次送出的内容办理。")),
    Event.FILE_SHUT_AWAY: (
        _l("有一个文件查出病毒"),
        _l("办件编号 %(number)s。文件已经隔离，谁都打不开。请给电脑或手机杀毒；要重新交的，部门会请您补正。"),
    ),
    Event.CLOCK_PAUSED: (
        _l("进入特别程序"),
        _l("办件编号 %(number)s。%(department)s要进行%(reason)s，需要 %(days)s，期间不计时。"),
    ),
    Event.CLOCK_RESUMED: (
        _l("特别程序已结束"),
        _l("办件编号 %(number)s。%(department)s的特别程序已结束，继续计时，现在承诺 %(due)s前办结。"),
    ),
    "resumed, undated": (
        _l("特别程序已结束"),
        _l("办件编号 %(number)s。%(department)s的特别程序已结束，继续办理。"),
    ),
    Event.OBLIGATION_MOVED: (
        _l("您承诺或者要办的一项已办结"),
        _l("办件编号 %(number)s。部门看过，这一项已经办结，结果写在办件里。"),
    ),
    Event.GRANTED: (_l("准予许可"), _l("办件编号 %(number)s。正在制作证照，编号 %(certificate)s。")),
    Event.REFUSED: (
        _l("不予许可"),
        _l("办件编号 %(number)s。理由写在办件里。您可在 60 日内申请行政复议，或者在 6 个月内提起行政诉讼。"),
    ),
    "accepted by silence": (
        _l("已受理"),
        _l(
            "办件编号 %(number)s。受理部门五个工作日内没有告知补正，"
            "依法从收到材料之日起视为已受理（《行政许可法》第三十二条）。"
        ),
    ),
    Event.EXTENDED: (
        _l("办理期限延长"),
        _l("办件编号 %(number)s。经依法批准，期限延长 %(days)s，现在承诺 %(due)s前办结。理由写在办件里。"),
    ),
    Event.SUSPENDED: (
        _l("办理中止"),
        _l("办件编号 %(number)s。办理已中止，期间不计时。原因写在办件里，恢复时会告诉您。"),
    ),
    Event.RESUMED: (_l("办理恢复"), _l("办件编号 %(number)s 已恢复办理，继续计时，现在承诺 %(due)s前办结。")),
    Event.TERMINATED: (_l("办理终止"), _l("办件编号 %(number)s 已终止办理，不再作出决定。原因写在办件里。")),
    Event.REOPENED: (_l("重新办理"), _l("办件编号 %(number)s。您的异议得到支持，由原部门重新作出决定。")),
    Event.DATES_MOVED: (
        _l("办结日期有变动"),
        _l("办件编号 %(number)s。放假安排或者办公日有变动，日期重新计算，现在承诺 %(due)s前办结。"),
    ),
    "what is owed moved": (
        _l("您承诺的事项到期日有变动"),
        _l("办件编号 %(number)s。放假安排或者办公日有变动，日期重新计算，现在 %(due)s到期。"),
    ),
    Event.COMMITMENT_WITHDRAWN: (
        _l("承诺已撤回"),
        _l("办件编号 %(number)s。相关环节按一般程序审查，没有交的材料会请您补交。"),
    ),
    Event.OBLIGATION_REMINDED: (
        _l("您承诺的事项要到期了"),
        _l("办件编号 %(number)s。%(due)s到期，还没有办的请尽快办；逾期会责令改正，再不改的撤销许可。"),
    ),
    Event.RECTIFICATION_ORDERED: (
        _l("责令限期改正"),
        _l("办件编号 %(number)s。请在 %(due)s前改正，要求写在办件里。逾期不改的，撤销许可并记入信用记录。"),
    ),
    Event.CERTIFICATE_REVOKED: (
        _l("许可已撤销"),
        _l(
            "办件编号 %(number)s，证照编号 %(certificate)s。理由写在办件里。您可以在办件里提出异议，"
            "也可在 60 日内申请行政复议，或者在 6 个月内提起行政诉讼。"
        ),
    ),
    Event.CREDIT_RECORDED: (
        _l("已记入信用记录"),
        _l(
            "办件编号 %(number)s。承诺没有履行，理由写在办件里。您可以在办件里提出异议，"
            "也可在 60 日内申请行政复议，或者在 6 个月内提起行政诉讼。"
        ),
    ),
    Event.CERTIFICATE_SUSPENDED: (
        _l("证照已暂停使用"),
        _l("证照编号 %(certificate)s，暂停期间不能作为凭证。原因写在证照页里，恢复时会告诉您。"),
    ),
    Event.SIGNATURE_UNSOUND: (
        _l("证照的电子签名要换新的"),
        _l(
            "证照编号 %(certificate)s。签名用的密钥已吊销，您手里的文件和二维码现在核验不过。许可没有变，您不用做什么："
            "发证机关用新密钥重新制作，做好后会告诉您。"
        ),
    ),
    Event.CERTIFICATE_RESUMED: (_l("证照已恢复使用"), _l("证照编号 %(certificate)s，从现在起重新有效。")),
    Event.CERTIFICATE_CHANGED: (
        _l("证照内容已变更"),
        _l("证照编号 %(certificate)s。旧版证照和核验码已失效，新版做好后会告诉您。"),
    ),
    Event.CERTIFICATE_REISSUED: (
        _l("证照正在补发"),
        _l("证照编号 %(certificate)s。旧版证照和核验码已失效，新版做好后会告诉您。"),
    ),
    Event.CERTIFICATE_ANNULLED: (
        _l("证照已注销"),
        _l("证照编号 %(certificate)s，原因写在证照页里。您可在 60 日内申请行政复议，或者在 6 个月内提起行政诉讼。"),
    ),
    Event.CERTIFICATE_EXPIRED: (
        _l("证照已过有效期"),
        _l("证照编号 %(certificate)s，不能再作为凭证。还需要的请重新申请。"),
    ),
    Event.COPY_MADE: (
        _l("证照的副本或者译本已做好"),
        _l("办件编号 %(number)s。给谁、做什么用，写在证照页里。不是您要做的，请马上作废，再改密码或者收回授权。"),
    ),
    Event.COPY_REVOKED: (
        _l("证照的副本已作废"),
        _l("办件编号 %(number)s。从现在起核验这份副本，结果是无效。哪一份，写在证照页里。"),
    ),
    Event.OBJECTION_RAISED: (_l("已收到您的异议"), _l("办件编号 %(number)s。%(due)s前答复您。")),
    Event.OBJECTION_ANSWERED: (
        _l("异议已答复"),
        _l(
            "办件编号 %(number)s。结果和理由写在办件里。"
            "不服的，仍可依法申请行政复议或者提起行政诉讼，期限从收到原决定之日起算。"
        ),
    ),
    Event.FOLLOW_UP_ANSWERED: (
        _l("您的评价有答复了"),
        _l("办件编号 %(number)s。部门怎样核实和整改，写在评价页里；您可以再评价一次。"),
    ),
    Event.DRAFT_EXPIRES: (
        _l("草稿快到期了"),
        _l("很久没有接着填这份草稿，%(due)s以后就会删除。要办的请在那之前接着填或者提交。"),
    ),
    Event.MESSAGE_SENT: (_l("部门给您留言了"), _l("办件编号 %(number)s。留言写在办件里，可以直接回复。")),
    Event.WITHDRAWN: (_l("已撤回申请"), _l("办件编号 %(number)s 已按您的要求撤回。需要时可以重新申请。")),
    Event.CERTIFICATE_ISSUED: (_l("证照已签发"), _l("证照编号 %(certificate)s，办件编号 %(number)s。现在可以下载。")),
}
"""By event; `undated` where no limit gives a date. Remedies and special procedures must be told (art. 38 and 45)."""


ENDED = frozenset({Event.CERTIFICATE_ISSUED, Event.REFUSED, Event.NOT_ACCEPTED, Event.TERMINATED, Event.WITHDRAWN})
"""With these the matter is over: the letter asks how it was."""


def wording(letter: LetterRow) -> Wording:
    """Title and sentence in the reader's language."""
    title, sentence = WORDS[_variant(letter)]
    words = str(sentence)
    facts = {name: fact() for name, fact in _facts(letter).items() if f"%({name})s" in words}
    told = [escape(words) % facts]
    if letter.kind in ENDED:
        told.append(escape(_("办得怎么样？欢迎在办件里评价，不会告诉经办人是谁评的。")))
    return Wording(str(title), sentences(told))


def _variant(letter: LetterRow) -> str:
    if letter.kind is Event.SUBMITTED and letter.answer_due is None:
        return "submitted, undated"
    if letter.kind is Event.AMENDED and letter.answer_due is None:
        return "amended, undated"
    if letter.kind is Event.ACCEPTED and letter.is_deemed:
        return "accepted by silence"
    if letter.kind is Event.ACCEPTED and letter.due is None:
        return "accepted, undated"
    if letter.kind is Event.CLOCK_RESUMED and letter.due is None:
        return "resumed, undated"
    if letter.outcome is Outcome.NOT_NEEDED:
        return "not needed"
    if letter.kind is Event.DATES_MOVED and letter.is_about_owing:
        return "what is owed moved"
    if len(letter.departments) > 1:
        return "asked by several"
    return letter.kind


def _facts(letter: LetterRow) -> dict[str, Callable[[], str]]:
    """Each is worked out only where it is said: a department is called by both its names where it is named first."""
    return {
        "number": lambda: letter.number,
        "answer_due": lambda: due_day(letter.answer_due),
        "due": lambda: due_day(letter.due, is_open=letter.kind is not Event.DRAFT_EXPIRES),
        "department": lambda: in_full(letter.department) if letter.department else "",
        "departments": lambda: escape(_("、")).join(in_full(each) for each in letter.departments),
        "things": lambda: ngettext("%(num)s 处", "%(num)s 处", letter.count),
        "days": lambda: days(letter.days),
        "reason": lambda: pause_words(letter.reason) if letter.reason else "",
        "certificate": lambda: letter.certificate or "",
    }
