"""Verify a certificate: by its file, by number and code, or by its QR code; no account needed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage, MultiDict

from approvals.audit import key as trail
from approvals.certificates.essence import scanned
from approvals.certificates.examine import LARGEST
from approvals.certificates.examine import Reason as FileReason
from approvals.certificates.trust import trusted
from approvals.commands.count_tries import count_file, count_try, require_tries
from approvals.errors import NotFound, Refusal
from approvals.queries.register import entry_by_code
from approvals.queries.verification import Finding, Reason, verify_code, verify_file, verify_scan
from forms.build import SectionForm
from forms.verification import scan_form, verification_form
from forms.widgets import params
from portal.asking import asking, summary
from portal.errors import words_of
from portal.guards import PUBLIC, allows
from portal.public import blueprint
from portal.unit_of_work import changing, now, reading

LARGEST_MB = LARGEST // (1024 * 1024)

WORDS: Mapping[str, str] = {
    Reason.REGISTERED: _l("编号和核验码对得上，这本证照在登记簿里有效。"),
    Reason.GENUINE: _l("文件是签发的原件，一字未改，证照现在有效。"),
    Reason.PENDING: _l("已经准予，证照还在制作，没有签发。请过一会儿再核验。"),
    Reason.SUSPENDED: _l("证照是真的，但已暂停使用，现在不能作为凭证。"),
    Reason.EXPIRED: _l("证照是真的，但已过有效期，现在不能作为凭证。"),
    Reason.SUPERSEDED: _l("证照是真的，但已换发新证，请查看新证。"),
    Reason.REVOKED: _l("证照是真的，但许可已被撤销，不能作为凭证。"),
    Reason.ANNULLED: _l("证照是真的，但已注销，不能作为凭证。"),
    Reason.UNSOUND: _l(
        "许可有效，但签名用的密钥已吊销，没有可信的时间证明签名在吊销之前，这份文件不能作为凭证。发证机关会用新密钥重新制作，请看新证。"
    ),
    Reason.COPY: _l("这是持证人做的副本，只供下面写明的人、用于下面写明的事；原证现在有效。"),
    Reason.TRANSLATION: _l("这是证照的英文译本，由发证机关签名，一字未改；内容以中文原件为准，原件现在有效。"),
    Reason.COPY_REVOKED: _l("这份副本已被持证人作废，不能再用。"),
    Reason.COPY_EXPIRED: _l("这份副本已过有效期，不能再用。"),
    Reason.SIGNED_CODE: _l("二维码里的签名是真的，内容和登记簿上的一致，证照现在有效。"),
    Reason.CODE_ALTERED: _l("二维码里的签名对不上：里面的内容被改动过，或者不是本站签的。"),
    Reason.CODE_ADDRESS: _l("二维码里签名的内容是真的，但网址被改动过：网址里的编号和核验码对不上。"),
    Reason.CODE_DIFFERS: _l("二维码里签名的内容和登记簿上的不一致，下面写明了是哪几项。"),
    Reason.WRIT: _l("这是本站出具的文书原件，一字未改。"),
    Reason.UNKNOWN_WRIT: _l("签名有效，但本站没有出具过这份文书。请不要使用，并向出具机关反映。"),
    Reason.NOT_REGISTERED: _l("签名有效，但登记簿里没有这本证照。请不要使用，并向发证机关反映。"),
    Reason.OTHER_FILE: _l("签名有效，但登记簿里这个编号对应的是另一份文件。请以登记的那份为准。"),
    FileReason.NO_SIGNATURE: _l("文件里没有电子签名。打印后扫描、截图或另存的文件都会丢掉签名，请向持证人要原始文件。"),
    FileReason.TOO_MANY_SIGNATURES: _l("文件里的签名太多，不是本站签发的证照。"),
    FileReason.BROKEN_SIGNATURE: _l("签名已损坏：文件在签名后被改动过，或者签名是伪造的。"),
    FileReason.ALTERED_AFTER_SIGNING: _l("签名之后，文件被增加或改动过内容。"),
    FileReason.UNKNOWN_ISSUER: _l("签名不是本站认可的机构作出的。"),
    FileReason.SIGNER_REVOKED: _l("签名用的密钥在签名之前已经吊销，这份签名不能相信。"),
    FileReason.REVOKED_LATER: _l(
        "签名用的密钥后来被吊销，而文件里没有可信的时间证明签名在吊销之前。请用编号和核验码核验。"
    ),
    FileReason.SIGNER_EXPIRED: _l(
        "签名用的密钥已经到期，而文件里没有可信的时间证明签名在到期之前。请用编号和核验码核验。"
    ),
    FileReason.SIGNED_AHEAD: _l(
        "签名写明的时间还没有到，也没有可信的时间证明：时间是用密钥的人自己写的。请用编号和核验码核验。"
    ),
    FileReason.UNREADABLE: _l("文件已损坏，读不出来。请向持证人要一份完整的文件。"),
    FileReason.NO_DATA: _l("签名有效，但文件里没有证照数据，不能和登记簿核对。"),
    FileReason.TOO_COSTLY: _l(
        "文件太复杂，在限定的时间和内存里没有查完。本站签发的证照一下就能查完：请向持证人要原始文件，或者用编号和核验码核验。"
    ),
}
"""One sentence a reason, of the register or of the file; a test holds that none is missing."""

REFUSED: Mapping[str, tuple[int, str]] = {
    FileReason.TOO_LARGE: (413, _l("文件太大：最大 %(limit)s MB。本站签发的证照远小于这个大小。")),
    FileReason.NOT_A_PDF: (422, _l("这不是 PDF 文件。请上传下载得到的原始 PDF，不要上传照片或截图。")),
    FileReason.ENCRYPTED: (422, _l("文件加了密码，打不开。本站签发的证照没有密码，请向持证人要原始文件。")),
    FileReason.BUSY: (503, _l("正在核验的文件太多，还没有轮到这一份。请过一分钟再上传，或者用编号和核验码核验。")),
}
"""No verdict: the file cannot be looked at, and the visitor can choose another or come again."""


@blueprint.get("/verify")
@allows(PUBLIC)
def verify() -> ResponseReturnValue:
    return _page()


@blueprint.post("/verify")
@allows(PUBLIC)
def verify_given() -> ResponseReturnValue:
    """Number and code lead on to the address of the QR code; a file and a scanned text are answered in place."""
    if "file" not in request.files:
        if "scan" in request.form:
            return _by_scan()
        if not {"number", "code"}.isdisjoint(request.form):
            return _by_code()
    return _by_file(request.files.get("file"))


@blueprint.get("/verify/<number>/<code>", endpoint="verify_code")
@allows(PUBLIC)
def verify_address(number: str, code: str) -> ResponseReturnValue:
    """A wrong address counts as a wrong code in the form does; a right one costs nothing."""
    number, moment, network = number.upper(), now(), request.remote_addr or ""
    given = MultiDict({"number": number, "code": code})
    try:
        require_tries(reading(), network=network, at=moment)
        finding = verify_code(reading(), number, code, today=moment.today)
        if finding is None:
            with changing(at=moment) as session:
                count_try(session, has_failed=True, network=network, at=moment)
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _page(verification_form(asking(), given), errors=[("number", words)]), status
    if finding is None:
        return _page(verification_form(asking(), given), errors=[("number", _mismatch())]), 404
    return _page(finding=finding, given=(number, code))


@blueprint.get("/verify/<number>/<code>/signature", endpoint="detached_signature")
@allows(PUBLIC)
def detached_signature(number: str, code: str) -> ResponseReturnValue:
    """The bytes alone: the data that they sign lie in the file, which only who was given it has."""
    moment, network = now(), request.remote_addr or ""
    require_tries(reading(), network=network, at=moment)
    entry = entry_by_code(reading(), number.upper(), code, today=moment.today)
    if entry is None:
        with changing(at=moment) as session:
            count_try(session, has_failed=True, network=network, at=moment)
    if entry is None or entry.sm2 is None:
        raise NotFound
    answer = Response(bytes.fromhex(entry.sm2), mimetype="application/octet-stream")
    answer.headers.set("Content-Disposition", "attachment", filename="certificate.sm2")
    return answer


def _by_code() -> ResponseReturnValue:
    form = verification_form(asking(), request.form)
    if not form.validate():
        return _page(form, errors=summary(form)), 422
    number, code = str(form.data["number"]).upper(), str(form.data["code"])
    moment = now()
    try:
        with changing(at=moment) as session:
            entry = entry_by_code(session, number, code, today=moment.today)
            count_try(session, has_failed=entry is None, network=request.remote_addr or "", at=moment)
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _page(form, errors=[("number", words)]), status
    if entry is None:
        return _page(form, errors=[("number", _mismatch())]), 422
    return redirect(url_for("public.verify_code", number=number, code=code), 303)


def _by_scan() -> ResponseReturnValue:
    form = scan_form(asking(), request.form)
    if not form.validate():
        return _page(scan=form, errors=summary(form)), 422
    scan = scanned(str(form.data["scan"]))
    if scan is None:
        return _page(scan=form, errors=[("scan", _("这不是本站证照上的二维码。请把扫出来的整段文字粘贴进来。"))]), 422
    moment = now()
    try:
        with changing(at=moment) as session:
            finding = verify_scan(session, scan, _proves, today=moment.today)
            has_failed = finding is None or finding.entry is None
            count_try(session, has_failed=has_failed, network=request.remote_addr or "", at=moment)
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _page(scan=form, errors=[("scan", words)]), status
    if finding is None:
        return _page(scan=form, errors=[("scan", _mismatch())]), 422
    return _page(finding=finding)


def _proves(signature: str, content: bytes) -> bool:
    keys = trail.trusted(current_app.extensions["settings"].keys)
    return any(key.proves(signature, content) for key in keys.values())


def _by_file(upload: FileStorage | None) -> ResponseReturnValue:
    content = upload.read(LARGEST + 1) if upload else b""
    if not content:
        words = _("请选择一个 PDF 文件。") if not upload or not upload.filename else _("文件是空的，请重新选择。")
        return _page(errors=[("file", words)]), 422
    moment = now()
    try:
        with changing(at=moment) as session:
            count_file(session, network=request.remote_addr or "", at=moment)
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _page(errors=[("file", words)]), status
    finding = verify_file(reading(), content, trusted(current_app.extensions["settings"].keys), at=moment)
    if finding.reason in REFUSED:
        status, told = REFUSED[finding.reason]
        return _page(errors=[("file", str(told) % {"limit": LARGEST_MB})]), status
    sheet = (finding.examination.sheet if finding.examination else None) or {}
    is_ours = finding.entry is not None and finding.is_registered_file
    given = (str(sheet["number"]), str(sheet["code"])) if is_ours and "code" in sheet else None
    return _page(finding=finding, given=given)


def _page(
    form: SectionForm | None = None,
    *,
    scan: SectionForm | None = None,
    finding: Finding | None = None,
    given: tuple[str, str] | None = None,
    errors: list[tuple[str, str]] | None = None,
) -> str:
    number, code = (params(field) for field in (form or verification_form(asking())).fields)
    (scan_field,) = (params(field) for field in (scan or scan_form(asking())).fields)
    told = dict(errors or [])
    return render_template(
        "public/verify.html",
        number={**number, "error": told.get("number")},
        code={**code, "error": told.get("code")},
        scan={**scan_field, "error": told.get("scan")},
        file=_file_params(told.get("file")),
        errors=errors or [],
        finding=finding,
        given=given,
        reason=str(WORDS[finding.reason]) if finding else "",
        limit_mb=LARGEST_MB,
    )


def _file_params(error: str | None) -> dict[str, Any]:
    hint = _("下载得到的原始 PDF，最大 %(limit)s MB。", limit=LARGEST_MB)
    return {"id": "file", "name": "file", "label": _("证照文件"), "hint": hint, "error": error, "required": True}


def _mismatch() -> str:
    """The same for an unknown number and for a wrong code."""
    return _("没有查到：编号和核验码对不上。请对照证照再输入一次。")
