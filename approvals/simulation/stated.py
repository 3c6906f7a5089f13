"""Every assumption of a simulation in words: figures that nobody measured, and what the model leaves out."""

from __future__ import annotations

from services.item import Text
from services.project import Assumptions, Triangle

MODEL = (
    Text(
        "事项、部门、承诺和法定时限取自事项目录，工作日取自官方日历；哪个环节在等谁由办件流程计算，期限由时钟计算。",
        "Items, departments, promised and statutory limits come from the catalogue, working days from the official "
        "calendar; who waits for whom is worked out by the chain, due dates by the clock.",
    ),
    Text(
        "逐项办理：拿到一个事项的结果，再准备并申请下一个；每一项都要受理、审查、送达。",
        "One by one: the next item is prepared and applied for when the one before is done; each is accepted, examined "
        "and delivered by itself.",
    ),
    Text(
        "四阶段并联：每个阶段一次申请、一次受理、同时审查、一次送达；施工图的各专业在施工许可的联合办理里同时审查。",
        "Four stages: each is one application, accepted once, examined by all at the same time, delivered once; all "
        "disciplines of the drawings are reviewed together within the joint case of the construction permit.",
    ),
    Text(
        "同一阶段里，申请材料要用到另一事项结果的，仍然等它；每个阶段由最后一项收尾。",
        "Within a stage an item still waits for another when its list of materials names the other's result; the last "
        "item closes the stage.",
    ),
    Text(
        "先承诺后审批：目录允许承诺、项目又符合条件的事项，申请人承诺后由系统当场决定。",
        "Commitment first: where the catalogue offers a promise and the project meets its condition, the portal "
        "decides on the promise at once.",
    ),
    Text(
        "同一个项目在每种办法里运气相同：工作量、补正、特别程序都一样，只有办法不同。",
        "A project has the same luck under every procedure: effort, corrections and special procedures are the same, "
        "and only the procedure differs.",
    ),
    Text(
        "毛用时从第一次提交算到最后一次送达，包括申请人准备和补正；净用时只算至少有一个部门在办的工作日。"
        "设计、招标和施工的时间都不算。",
        "Gross days run from the first application to the last delivery, the applicant's preparing and mending "
        "included; net days are those on which at least one department had it. Design, tender and construction are "
        "in neither.",
    ),
    Text(
        "没有模拟：不予许可、撤回、部门请假和加班、同一批经办人的其他工作。开始时没有积压，所以最早的项目排队少。",
        "Left out: refusals, withdrawals, leave and overtime, and whatever else the same clerks do. Nothing lies there "
        "at the beginning, so the first projects queue less.",
    ),
)
"""What holds whatever the figures are."""


def stated(assumptions: Assumptions) -> tuple[tuple[Text, Text], ...]:
    """Each figure: what it is, and its value."""
    return (
        (Text("每个工作日新来的项目", "Projects that arrive each working day"), _plain(assumptions.projects_per_day)),
        (Text("一个事项占用经办人的时间", "Time of one clerk for one item"), _triangle(assumptions.effort)),
        (
            Text("部门用掉时限的比例（不用排队时）", "Part of its limit that a department takes when nobody queues"),
            _shares(assumptions.share_used),
        ),
        (
            Text("申请人准备一次申请", "Applicant prepares an application"),
            _triangle(assumptions.preparing),
        ),
        (Text("申请人补正一次", "Applicant answers a correction"), _triangle(assumptions.answering)),
        (
            Text("受理时材料不齐的事项", "Items whose papers are incomplete at acceptance"),
            _share(assumptions.correction_at_acceptance),
        ),
        (
            Text("审查中退回一次的事项", "Items that are returned once while they are examined"),
            _share(assumptions.correction_in_review),
        ),
        (
            Text("能承诺就承诺的项目", "Projects that promise wherever it is offered"),
            _share(assumptions.commitment_uptake),
        ),
    )


def _plain(number: float) -> Text:
    return Text(f"{number:g}", f"{number:g}")


def _share(share: float) -> Text:
    return Text(f"{share:.0%}", f"{share:.0%}")


def _triangle(found: Triangle) -> Text:
    least, mode, most = (f"{number:g}" for number in (found.least, found.mode, found.most))
    return Text(f"{least} 到 {most} 个工作日，多为 {mode} 个", f"{least} to {most} working days, mostly {mode}")


def _shares(found: Triangle) -> Text:
    least, mode, most = (f"{number:.0%}" for number in (found.least, found.mode, found.most))
    return Text(f"{least} 到 {most}，多为 {mode}", f"{least} to {most}, mostly {mode}")
