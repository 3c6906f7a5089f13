"""Who may do what, in the reader's words: roles, permissions of the policy, and what they are tied to."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask
from flask_babel import lazy_gettext as _l
from flask_babel import pgettext

from approvals.events import StaffEvent
from approvals.permissions import Relation
from approvals.vocabulary import Role

ROLES: Mapping[Role, str] = {
    Role.CLERK: _l("部门经办人员"),
    Role.LEAD: _l("组长"),
    Role.HEAD: _l("部门负责人"),
    Role.GOVERNMENT: _l("政府负责人"),
    Role.SUPERVISOR: _l("监察人员"),
    Role.MANAGER: _l("管理人员"),
    Role.AUDITOR: _l("审计人员"),
    Role.ADMINISTRATOR: _l("系统管理员"),
    Role.COUNTER: _l("综合窗口人员"),
    Role.SYSTEM: _l("系统"),
}

RELATIONS: Mapping[Relation, str] = {
    Relation.NONE: _l("都可以"),
    Relation.OWN: _l("自己的"),
    Relation.OWN_DEPARTMENT: _l("本部门的"),
    Relation.AT_WINDOW: _l("当天在自己窗口的"),
}

GROUPS: Mapping[str, str] = {
    "application": _l("办件"),
    "counter": _l("综合窗口"),
    "step": _l("环节"),
    "queue": _l("待办"),
    "commitment": _l("告知承诺"),
    "credit": _l("失信信息"),
    "obligation": _l("核查和条件"),
    "objection": _l("异议"),
    "certificate": _l("证照"),
    "material": _l("材料"),
    "message": _l("留言"),
    "paper": _l("证照内容"),
    "calendar": _l("日历"),
    "phrase": _l("常用语"),
    "rating": _l("评价"),
    "supervision": _l("监察"),
    "opening": _l("查看登记"),
    "absence": _l("人员"),
    "letter": _l("消息"),
    "mandate": _l("授权"),
    "account": _l("账号"),
    "factor": _l("两步验证"),
    "staff": _l("工作人员"),
    "policy": _l("权限"),
}
"""By the resource a permission begins with, in the order of the page."""

RIGHTS: Mapping[str, str] = {
    "absence:record": _l("登记不在，指定代办人"),
    "account:close": _l("下载自己的数据、注销账号"),
    "account:edit": _l("改联系方式"),
    "account:read": _l("看自己的账号，改密码，退出设备"),
    "application:amend": _l("受理前修改"),
    "application:correct": _l("补正"),
    "application:create": _l("申请"),
    "application:edit": _l("填写申请"),
    "application:extend": _l("批准延长期限"),
    "application:issue": _l("制作证照"),
    "application:list": _l("看自己的办件列表"),
    "application:open": _l("写明理由后查看一件申请"),
    "application:oversee": _l("看在办总览、承诺和推演"),
    "application:read": _l("看办件的进度"),
    "application:reopen": _l("异议成立后重新办理"),
    "application:submit": _l("提交申请"),
    "application:suspend": _l("中止和恢复"),
    "application:terminate": _l("终止"),
    "application:withdraw": _l("撤回申请"),
    "calendar:close": _l("停止办公、撤销停办"),
    "calendar:load": _l("录入放假安排"),
    "calendar:read": _l("看日历"),
    "calendar:subscribe": _l("订阅自己办件的期限"),
    "certificate:annul": _l("注销证照"),
    "certificate:change": _l("变更证照"),
    "certificate:consent": _l("同意别的办件使用证照"),
    "certificate:copy": _l("制作证照副本"),
    "certificate:download": _l("下载证照"),
    "certificate:list": _l("看自己的证照"),
    "certificate:make": _l("让没做成的证照重新制作"),
    "certificate:register": _l("看证照登记"),
    "certificate:reissue": _l("补发证照"),
    "certificate:remake": _l("把签名失效的证照都重新制作"),
    "certificate:revoke": _l("撤销证照"),
    "certificate:suspend": _l("暂停证照"),
    "certificate:use": _l("使用持证人同意的证照"),
    "commitment:object": _l("提出异议"),
    "commitment:sign": _l("签承诺书"),
    "commitment:withdraw": _l("撤回承诺"),
    "counter:serve": _l("收件、发放结果，看过的身份证件记下来"),
    "credit:enter": _l("登记失信信息和信用修复"),
    "factor:enrol": _l("给自己设置两步验证"),
    "letter:list": _l("看自己的消息"),
    "mandate:give": _l("授权给别人、收回授权"),
    "material:read": _l("看自己交的材料"),
    "message:write": _l("在办件里留言"),
    "objection:answer": _l("答复异议"),
    "objection:raise": _l("对不予许可提出异议"),
    "obligation:close": _l("办结核查和条件"),
    "obligation:list": _l("看核查和条件"),
    "obligation:order": _l("责令限期改正"),
    "obligation:report": _l("报告整改、补交材料"),
    "opening:list": _l("看查看登记"),
    "paper:edit": _l("改本部门证照的文字和印章"),
    "paper:publish": _l("让改动生效"),
    "phrase:share": _l("设本部门共用的常用语"),
    "policy:read": _l("看权限表"),
    "queue:read": _l("看本部门的待办，接办下一件"),
    "rating:contact": _l("回访差评"),
    "rating:give": _l("评价办结的办件"),
    "rating:list": _l("看本部门的评价"),
    "rating:mend": _l("核实和整改差评"),
    "rating:oversee": _l("看全部评价"),
    "staff:manage": _l("管理工作人员的账号、角色和登录"),
    "staff:trail": _l("看人事记录"),
    "step:assign": _l("分派和收回"),
    "step:decide": _l("出具意见、作出决定"),
    "step:pause": _l("开始和结束特别程序"),
    "step:return": _l("要求补正"),
    "step:take": _l("接办、转交、放回"),
    "supervision:answer": _l("答复督办"),
    "supervision:order": _l("发督办单，退回和办结"),
    "supervision:reply": _l("答复督办单"),
    "supervision:list": _l("看本部门的监察"),
    "supervision:read": _l("看监察记录"),
}

STAFF_EVENTS: Mapping[StaffEvent, str] = {
    StaffEvent.ADDED: _l("新增账号"),
    StaffEvent.ROLE_CHANGED: _l("改变角色"),
    StaffEvent.DISABLED: _l("停用账号"),
    StaffEvent.ENABLED: _l("恢复账号"),
    StaffEvent.INVITED: _l("发出设置密码的链接"),
    StaffEvent.PASSWORD_SET: _l("用链接设置了密码"),
    StaffEvent.SECOND_FACTOR_SET: _l("设置了两步验证"),
    StaffEvent.SECOND_FACTOR_RESET: _l("取消了原来的两步验证"),
    StaffEvent.RECOVERY_CODE_USED: _l("用了一个恢复码"),
    StaffEvent.CREDIT_NOTICED: _l("登记了失信信息"),
    StaffEvent.CREDIT_REPAIRED: _l("登记了信用修复"),
    StaffEvent.SESSIONS_ENDED: _l("被退出全部设备"),
}


def role_words(role: Role) -> str:
    return str(pgettext("one", "个人") if role is Role.CITIZEN else ROLES[role])


def relation_words(relation: Relation) -> str:
    return str(RELATIONS[relation])


def staff_event_words(kind: StaffEvent) -> str:
    return str(STAFF_EVENTS[kind])


def register(app: Flask) -> None:
    for filter_ in (role_words, relation_words, staff_event_words):
        app.jinja_env.filters[filter_.__name__] = filter_
