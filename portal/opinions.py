"""What ratings and their follow-ups are called in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask
from flask_babel import lazy_gettext as _l

from approvals.vocabulary import Finding, FollowUpStage, RatingLevel, RatingReason
from portal.ui import text
from services.current import catalogue

LEVELS: Mapping[RatingLevel, str] = {
    RatingLevel.VERY_SATISFIED: _l("非常满意"),
    RatingLevel.SATISFIED: _l("满意"),
    RatingLevel.MOSTLY_SATISFIED: _l("基本满意"),
    RatingLevel.DISSATISFIED: _l("不满意"),
    RatingLevel.VERY_DISSATISFIED: _l("非常不满意"),
}
REASONS: Mapping[RatingReason, str] = {
    RatingReason.FAST: _l("办得快"),
    RatingReason.CLEAR: _l("说得清楚，一看就懂"),
    RatingReason.ONCE: _l("一次办成，没有多跑"),
    RatingReason.FRIENDLY: _l("态度好"),
    RatingReason.PAGES: _l("网页好用"),
    RatingReason.SLOW: _l("办得慢，或者超过承诺时间"),
    RatingReason.GUIDE_WRONG: _l("和办事指南说的不一样"),
    RatingReason.TOO_MUCH: _l("要求多余的材料，或者反复补正"),
    RatingReason.UNFRIENDLY: _l("态度不好"),
    RatingReason.UNEXPLAINED: _l("没有说清理由"),
    RatingReason.HARD_TO_USE: _l("网页不好用"),
    RatingReason.FEES: _l("收了不该收的费用，或者指定中介"),
}
STAGES: Mapping[FollowUpStage, str] = {
    FollowUpStage.CONTACT: _l("待回访"),
    FollowUpStage.VERIFY: _l("待核实"),
    FollowUpStage.MEND: _l("整改中"),
    FollowUpStage.CLOSED: _l("已答复"),
}
DONE: Mapping[FollowUpStage, str] = {
    FollowUpStage.CONTACT: _l("回访"),
    FollowUpStage.VERIFY: _l("核实"),
    FollowUpStage.MEND: _l("整改和答复"),
    FollowUpStage.CLOSED: "",
}
FINDINGS: Mapping[Finding, str] = {
    Finding.SIMPLE: _l("属实，可以很快改好"),
    Finding.COMPLEX: _l("属实，要较长时间整改"),
    Finding.UNFOUNDED: _l("不属实或者没有依据，向申请人说明"),
}


def level_words(level: RatingLevel) -> str:
    return str(LEVELS[level])


def rating_reason(reason: RatingReason) -> str:
    return str(REASONS[reason])


def follow_up_stage(stage: FollowUpStage) -> str:
    return str(STAGES[stage])


def follow_up_done(stage: FollowUpStage) -> str:
    return str(DONE[stage])


def finding_words(finding: Finding) -> str:
    return str(FINDINGS[finding])


def item_called(code: str) -> str:
    """An item by its code; what is no longer on the catalogue is called by its code."""
    found = catalogue().items.get(code)
    return text(found.name) if found else code


def register(app: Flask) -> None:
    for filter_ in (level_words, rating_reason, follow_up_stage, follow_up_done, finding_words, item_called):
        app.jinja_env.filters[filter_.__name__] = filter_
