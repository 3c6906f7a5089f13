"""Each refusal's status and words, and the pages of everything that goes wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import structlog
from flask import Flask, Response, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, SecurityError

from approvals import errors as refusals
from approvals.errors import Refusal
from approvals.vocabulary import FileProblem
from portal.formats import day
from portal.security import NameUnreadable
from portal.terms import GROUNDS, LATE_REASONS, OPENING_REASONS, PAUSES
from portal.ui import text
from services.answers import NO, YES
from services.current import catalogue
from services.item import Kind, Question, Section, Text
from services.provinces import ELSEWHERE, OUTSIDE, PROVINCES

log = structlog.get_logger()

WORDS: Mapping[type[Refusal], tuple[int, str]] = {
    refusals.NotAllowed: (403, _l("您没有办理这件事的权限。")),
    refusals.NotFound: (404, _l("没有找到。请核对编号，或从首页重新进入。")),
    refusals.ReasonNeeded: (403, _l("这件申请不在您的日常工作范围，请先写明查看的理由。")),
    refusals.NotYourStep: (403, _l("这个环节由其他部门办理。")),
    refusals.OwnApplication: (403, _l("不能审批自己的申请，请交给同事办理。")),
    refusals.StepNotOpen: (409, _l("这个环节现在不能办理：可能在等前面的环节、等申请人补正，或正在特别程序中。")),
    refusals.AlreadyDecided: (409, _l("这个环节已经有人办完了，请先看最新结果。")),
    refusals.AlreadyTaken: (409, _l("这个环节已经有同事接了，请看最新情况。")),
    refusals.SomebodyElseHasIt: (409, _l("这个环节由同事在办。要由您办，请先接过来。")),
    refusals.NotInYourHands: (409, _l("这个环节现在不在您手上，不能转交或者放回。")),
    refusals.NotYoursToRecall: (409, _l("只有交出的人和部门负责人才能收回。")),
    refusals.NotAColleague: (422, _l("请选择本部门的同事。")),
    refusals.ColleaguesOwn: (422, _l("这是这位同事自己的申请，请交给别的同事。")),
    refusals.ColleagueAbsent: (409, _l("这位同事到 %(until)s为止不在，请选择在的同事。")),
    refusals.ColleagueStoodIn: (409, _l("这位同事到 %(until)s为止不在，由别的同事代办，请直接交给代办的同事。")),
    refusals.AbsentAlready: (409, _l("这几天里已经登记过不在，请先取消原来的登记。")),
    refusals.NotYoursToName: (403, _l("请本人登记，或者由部门负责人登记；负责人由谁代办，只能由负责人自己指定。")),
    refusals.OutcomeNotPossible: (422, _l("这个环节不能作出这种处理，请另选一种。")),
    refusals.ReasonMissing: (422, _l("请写明理由。")),
    refusals.PointsUnanswered: (422, _l("审查要点还没有看完，不能同意。请把必看的要点一一勾选。")),
    refusals.PointsUnmet: (
        422,
        _l(
            "有必须满足的审查要点没有满足，不能直接同意。可以附条件同意并写明说明，请申请人补正，或者作出其他结论；不适用的要写明为什么。"
        ),
    ),
    refusals.LateReasonMissing: (422, _l("这个环节已经超过期限，请说明原因；选「其他原因」的，要写清楚。")),
    refusals.NotLate: (409, _l("这个环节现在没有超时，不用说明原因。")),
    refusals.SecondPersonNeeded: (409, _l("这个环节要两个人办：请打开它提出意见，再由另一位同事复核。")),
    refusals.AlreadyProposed: (
        409,
        _l("已经有人提出意见，在等第二个人复核。要另作处理，请先退回或者收回。"),
    ),
    refusals.NothingProposed: (409, _l("这个意见已经确认、退回、收回或者失效，请看最新情况。")),
    refusals.OwnProposal: (403, _l("自己提出的意见，要由另一位同事复核。")),
    refusals.NotYourProposal: (403, _l("只有提出意见的人才能收回；要改的，请写明理由退回。")),
    refusals.NotYourAnnotation: (403, _l("只有写批注的人才能删除。")),
    refusals.PlaceNotOnPage: (422, _l("这个文件有 %(pages)s 页，没有这个位置。请核对页码。")),
    refusals.TooManyAnnotations: (409, _l("一件申请最多 %(most)s 条批注，请先删掉不用的。")),
    refusals.PromiseBroken: (
        409,
        _l(
            "核查发现承诺不实，或者责令改正后逾期没有改，不能准予许可。可以不予许可，也可以请决定部门的负责人终止办理。"
        ),
    ),
    refusals.ConsentMissing: (409, _l("有部门没有同意，按规定不能准予许可，只能不予许可。")),
    refusals.NothingToMend: (422, _l("请至少写明一处要补正的内容，并一次告知全部。")),
    refusals.NothingMended: (422, _l("有要求补正的地方还和上次提交的一样。请改好；不改的，请说明理由。")),
    refusals.NotReturned: (409, _l("现在没有需要您补正的内容。")),
    refusals.NotADraft: (409, _l("这件申请已经提交，不能再改。")),
    refusals.FileShutAway: (409, _l("「%(name)s」查出病毒，已经隔离，不能打开。")),
    refusals.TooLateToAmend: (
        409,
        _l("部门已经受理，或者已经请您补正、作出决定，不能再这样修改。您改的内容没有送出，但都留着。"),
    ),
    refusals.NotSubmitted: (409, _l("这件申请还是草稿，没有提交过。")),
    refusals.AskedBefore: (
        422,
        _l("%(what)s在上一轮就能看到。法律要求一次告知全部，现在才提的，请写明为什么。"),
    ),
    refusals.AlreadySubmitted: (409, _l("这件申请已经提交过了，没有重复提交。")),
    refusals.ChangedMeanwhile: (409, _l("这一页在别处改过了。您填写的内容还在下面，请核对后再保存一次。")),
    refusals.DraftGone: (
        404,
        _l("这份草稿已经不在了：可能在另一个窗口删除了，或者您换了办事的身份。您刚才填写的内容列在下面，可以复制。"),
    ),
    refusals.TypedElsewhere: (
        409,
        _l("这一页在别的窗口或者设备上也填过，还没有保存，列在下面。再保存一次，就以这一页为准。"),
    ),
    refusals.AnswersIncomplete: (422, _l("还有内容没有填完，请补齐后再提交。")),
    refusals.NotOnline: (409, _l("这个事项还不能网上申请。")),
    refusals.WrongApplicant: (403, _l("这个事项不是面向您现在的身份。请换一个身份再办。")),
    refusals.NotFounded: (409, _l("执照还没有发下来，或者其余各项已经开始了。请看这件事现在的进度。")),
    refusals.NoCompetentDepartment: (422, _l("这个地址还没有对应的办理部门，请核对所在区县。")),
    refusals.Finished: (409, _l("这件事已经办结，不能再改。")),
    refusals.NotPaused: (409, _l("这个环节没有正在进行的特别程序。")),
    refusals.NotInReview: (409, _l("只有已经受理、还没有作出决定的办件才能这样处理。")),
    refusals.NotThisAuthority: (403, _l("这件事依法由作出决定的机关负责人处理；联合办理的延期由本级政府负责人批准。")),
    refusals.AlreadyExtended: (409, _l("期限已经延长过 %(days)s 个工作日，依法只能延长一次。")),
    refusals.ExtensionAsked: (409, _l("已经有人申请延长 %(days)s 个工作日，在等负责人决定。")),
    refusals.NoExtensionAsked: (409, _l("没有在等决定的延期申请，请看最新情况。")),
    refusals.TooLateToExtend: (409, _l("法定期限已过或者没有期限，不能再延长。")),
    refusals.TooManyDays: (422, _l("最多可以延长 %(most)s 个工作日，至少 1 个工作日。")),
    refusals.ClosureNotPossible: (422, _l("停止办公的第一天不能晚于最后一天，一次最多 %(most)s 天。")),
    refusals.OwnPaper: (403, _l("自己写的版本要由另一位负责人审核发布。")),
    refusals.PaperSettled: (409, _l("这个版本已经处理过了，请刷新后再看。")),
    refusals.PaperChanged: (409, _l("别人刚刚写了第 %(number)s 版。您填写的内容还在下面，请核对后再提交。")),
    refusals.NotSuspended: (409, _l("这件申请没有中止，不用恢复。")),
    refusals.AlreadySuspended: (409, _l("这件申请已经中止了。")),
    refusals.NotRefused: (409, _l("只有不予许可、不予受理的办件，才能在异议得到支持后重新办理。")),
    refusals.ReferenceMissing: (422, _l("请写明支持异议的复议决定书或者判决书文号。")),
    refusals.NoOrder: (409, _l("这条记录不用说明，或者已经说明过了。")),
    refusals.NotAWorkingDay: (422, _l("答复期限要写今天以后的工作日，最多 %(most)s 个工作日。")),
    refusals.NotInForce: (409, _l("证照现在不是有效状态，不能这样处理。请刷新页面看最新的状态。")),
    refusals.NotSuspendedNow: (409, _l("证照没有暂停，不用恢复。")),
    refusals.EndedAlready: (409, _l("证照已经注销，或者还在制作，不能注销。")),
    refusals.NoConsent: (409, _l("持证人没有同意这样使用，或者已经撤回同意。")),
    refusals.ReuseLapsed: (
        409,
        _l(
            "申请人用证照 %(number)s 代替了材料，但它现在不再有效，或者持证人已经撤回同意，不能据此同意。"
            "请让申请人补正，另交一份。"
        ),
    ),
    refusals.ConsentedAlready: (409, _l("您已经同意过了，不用再同意一次。")),
    refusals.NothingChanged: (422, _l("没有改动任何内容。请把变化的内容改过来再提交。")),
    refusals.UnknownField: (422, _l("证照上没有「%(field)s」这一项。")),
    refusals.GlyphMissing: (
        422,
        _l(
            "证照上印不出这些字：%(characters)s。看不见的字符请删掉，字库里没有的请换成常用的字；"
            "不能换的（比如姓名），由发证部门请技术人员补字。"
        ),
    ),
    refusals.FileRefused: (422, _l("这个文件不能用。")),
    refusals.WrongPassword: (422, _l("用户名或密码不对。")),
    refusals.TooManyAttempts: (429, _l("试的次数太多了，请 %(minutes)s 分钟后再试。")),
    refusals.NotOffered: (409, _l("按您现在填的内容，这里不能承诺办理。可以按一般程序办。")),
    refusals.BarredFromCommitment: (
        403,
        _l(
            "办件 %(number)s 的承诺不实或者没有履行，已记入信用记录，到 %(until)s为止不能承诺办理。"
            "可以按一般程序办；认为记录有误的，可以在那件办件的进度页提出异议，异议成立就恢复。"
        ),
    ),
    refusals.BarredByNotice: (
        403,
        _l(
            "%(publisher)s公布了失信信息，到 %(until)s为止不能承诺办理。可以按一般程序办；"
            "向作出决定的单位申请信用修复，修复以后就可以承诺办理。"
        ),
    ),
    refusals.NobodyWithNumber: (422, _l("没有用这个号码办过事的人或单位。请对着原件再看看。")),
    refusals.NotAboutOneself: (403, _l("不能登记自己或者本单位的失信信息和信用修复，请另一位来办。")),
    refusals.NoticeDates: (422, _l("期限不对：开始的日期不能晚于今天，结束的日期不能早于今天。")),
    refusals.NotSigned: (422, _l("请先读完告知书，再勾选承诺。")),
    refusals.TooLateToWithdraw: (409, _l("已经按承诺作出决定，不能再撤回承诺。")),
    refusals.NothingPromised: (409, _l("这里没有有效的承诺。")),
    refusals.NotPossibleNow: (409, _l("情况有变化，现在不能这样办。请先看最新情况。")),
    refusals.EvidenceMissing: (422, _l("没有核查依据，不能办结。请补上：%(missing)s。")),
    refusals.NothingToRevoke: (409, _l("没有查实的不实承诺，也没有逾期不改的，不能撤销。")),
    refusals.ObjectedBefore: (409, _l("已经提出过异议，请等部门答复。")),
    refusals.NothingToObjectTo: (409, _l("这件办件没有对您不利的信用记录，不用提出异议。")),
    refusals.NotFinished: (409, _l("这件事还没有办结，办结以后再评价。")),
    refusals.RatedBefore: (409, _l("这件办件已经评价过了。评为不满意的，整改答复以后可以再评一次。")),
    refusals.TalkOver: (409, _l("办结超过 %(days)s 天，不能再留言。有事请打 12345。")),
    refusals.TooManyMessages: (429, _l("已经连续留言 %(most)s 条，请等对方回复。您写的内容还在下面。")),
    refusals.TooLateToObject: (409, _l("决定作出超过 %(days)s 天，不能再提出异议。")),
    refusals.SignatureUnsound: (
        409,
        _l("这本证照签名用的密钥已吊销，现在不能用它做副本、译本。发证机关用新密钥重新制作以后，就可以做。"),
    ),
    refusals.TooManyCopies: (409, _l("这本证照已经有 %(most)s 份可以使用的副本。请先作废不用的。")),
    refusals.WrongFactorCode: (422, _l("验证码不对，或者已经用过。等验证器显示下一个数字再试。")),
    refusals.WrongCode: (422, _l("验证码不对，或者已经过期。试错五次要重新发送。")),
    refusals.PhoneTaken: (409, _l("这个手机号已经有账号，请直接登录。")),
    refusals.EmailTaken: (409, _l("这个电子邮箱已经用在另一个账号上，请换一个。")),
    refusals.IdentityTaken: (409, _l("这个身份证号已经注册过，请用原来的手机号登录；手机号换了的，请到窗口办理。")),
    refusals.IdentityMismatch: (422, _l("姓名和身份证号对不上，请对着身份证再看看。")),
    refusals.NotConnected: (409, _l("本站还不能网上办这一步，请到窗口办理，或打 12345。")),
    refusals.StillRunning: (409, _l("还有 %(count)s 件没办结的办件，不能注销。请先撤回，或者等办结。")),
    refusals.OutsideMandate: (403, _l("您得到的授权不包括这一步，或者不包括这个事项。请联系授权人。")),
    refusals.MandateEnded: (409, _l("授权已经收回或者到期，没有处理。您现在只代表自己；您填写的内容列在下面。")),
    refusals.NameChanged: (
        409,
        _l(
            "这一页是以「%(shown)s」的名义打开的，您在别处换了身份，现在是「%(now)s」。没有处理；"
            "您填写的内容列在下面。请换回原来的身份再办，或者重新打开这一页。"
        ),
    ),
    refusals.MandateToOneself: (422, _l("不用授权给自己。请填对方的姓名和手机号。")),
    refusals.MandateDates: (422, _l("期限不对：结束日期不能早于开始日期和今天，最长 %(years)s 年。")),
    refusals.MandateSettled: (409, _l("这份授权已经处理过了，请看最新情况。")),
    refusals.WorkspaceTaken: (409, _l("这个单位已经开通，请找单位的管理员给您授权。")),
    refusals.UsernameTaken: (
        409,
        _l("这个用户名已经有人用了，或者不合要求：3 到 40 个小写字母、数字、点或短横，以字母开头。"),
    ),
    refusals.PostNotPossible: (422, _l("经办人员、组长和负责人要选部门；其他角色不属于部门，不选。")),
    refusals.NotOneself: (403, _l("不能改自己的角色，也不能停用自己的账号，请另一位管理员来办。")),
    refusals.LastAdministrator: (409, _l("至少要留一位系统管理员。")),
    refusals.StillHasSteps: (409, _l("手上还有 %(count)s 个环节，请先转交或者由负责人收回，再换部门。")),
    refusals.LinkOver: (404, _l("这个链接已经用过、过期，或者有了新的链接。请找系统管理员再发一个。")),
    refusals.LastManager: (409, _l("单位至少要留一位能管理成员的人。请先授权另一位管理员。")),
    refusals.BatchEmpty: (422, _l("请先勾选要办的环节。")),
    refusals.TooManySteps: (422, _l("一次最多办 %(most)s 个环节，请分几次。")),
    refusals.BatchBegun: (409, _l("这一批已经开始办，不能再改。")),
    refusals.TooManyPhrases: (409, _l("最多存 %(most)s 条常用语，请先删掉不用的。")),
    refusals.TooManyViews: (409, _l("最多存 %(most)s 个视图，请先删掉不用的。")),
    refusals.AuthorityMissing: (
        422,
        _l("请选和申请人相符的代办凭据：个人选授权委托书或者监护关系证明，单位选授权委托书或者法定代表人身份证明。"),
    ),
    refusals.OrganisationMismatch: (422, _l("这个统一社会信用代码登记的是另一个名称，请对着营业执照再看看。")),
    refusals.NotConfirmed: (422, _l("请当面核对，由在场的人确认以后再提交。")),
    refusals.NothingToHandOut: (409, _l("还没有可以领取的结果：没有作出决定，或者证照还在制作。")),
    refusals.HandedOutBefore: (409, _l("这件办件的结果已经领走了。")),
    refusals.TimeRunsBackwards: (
        409,
        _l("这件办件上一次变动记在 %(last)s，比今天还晚。请管理员核对服务器的时间，再试一次。"),
    ),
    refusals.PastOrFuture: (422, _l("时间不对：不能早于前一个环节，也不能晚于现在。")),
}
"""One row a refusal; a law test holds that none is missing."""

FILE_WORDS: Mapping[FileProblem, str] = {
    FileProblem.EMPTY: _l("「%(name)s」是空的。请确认文件能打开，再重新选择。"),
    FileProblem.TOO_LARGE: _l("「%(name)s」超过 %(limit)s MB。请压缩，或分成几个文件再上传。"),
    FileProblem.UNKNOWN: _l("看不懂「%(name)s」是什么文件。这份材料可以交：%(formats)s。"),
    FileProblem.NOT_WANTED: _l("「%(name)s」的格式不能用在这份材料上。这份材料可以交：%(formats)s。"),
    FileProblem.EXTENSION: _l("「%(name)s」的文件名后缀和内容对不上。请用原来的软件重新导出，不要只改后缀。"),
    FileProblem.PICTURE: _l(
        "「%(name)s」是 HEIC、WebP 一类的图片，不能直接上传。请在相册或看图软件里另存为 JPG，再上传；"
        "用 iPhone 拍的，可以在「设置 › 相机 › 格式」里选「兼容性最佳」，再拍一张。"
    ),
    FileProblem.OFD: _l("「%(name)s」是 OFD 文件，不能直接上传。请用 OFD 阅读器另存为 PDF，或打印成 PDF，再上传。"),
    FileProblem.WORD: _l("「%(name)s」是 Word 文档，不能直接上传。请先在 Word 里另存为 PDF，再上传。"),
    FileProblem.SPREADSHEET: _l("「%(name)s」是电子表格，不能直接上传。请先在表格软件里另存为 PDF，再上传。"),
    FileProblem.SLIDES: _l("「%(name)s」是演示文稿，不能直接上传。请先另存为 PDF，再上传。"),
    FileProblem.DWG: _l("「%(name)s」是 DWG 图纸，不能直接上传。请在制图软件里另存为 DXF，或打印成 PDF，再上传。"),
    FileProblem.ARCHIVE: _l("「%(name)s」是压缩包。请解压后，把里面的文件一个个上传。"),
    FileProblem.DAMAGED: _l("「%(name)s」打不开，可能已经损坏。请重新导出或重新扫描，再上传。"),
    FileProblem.ENCRYPTED: _l("「%(name)s」加了密码或限制。请去掉密码和限制，另存一份再上传。"),
    FileProblem.ACTIVE: _l("「%(name)s」里带有脚本、附件或会启动程序的内容。请打印成普通 PDF，再上传。"),
    FileProblem.TRAILING: _l("「%(name)s」后面还藏着别的内容（例如动态照片）。请另存一份普通的文件或照片，再上传。"),
    FileProblem.TOO_MANY_PAGES: _l("「%(name)s」超过 %(pages)s 页。请分成几个文件再上传。"),
    FileProblem.TOO_MANY_PIXELS: _l("「%(name)s」的像素太多。请把图片缩小到 5000 万像素以内，再上传。"),
    FileProblem.TOO_MUCH_UNSENT: _l(
        "「%(name)s」没有收下：您还没提交的申请里已经放满了，合计最多 %(limit)s MB。请先提交，或者删除不用的草稿。"
    ),
    FileProblem.INFECTED: _l("「%(name)s」查出病毒，没有保存。请先给电脑或手机杀毒，再换一份干净的文件上传。"),
    FileProblem.TOO_MANY_FILES: _l(
        "「%(name)s」没有收下：一份材料最多 %(files)s 个文件，一件申请合计最多 %(limit)s MB。请先移除不要的。"
    ),
}
"""What is wrong with an upload and what to do instead, for each of its problems."""

TITLES: Mapping[int, str] = {
    400: _l("这个请求不完整"),
    401: _l("请先登录"),
    403: _l("不能打开这一页"),
    404: _l("没有找到这一页"),
    405: _l("不能这样打开这一页"),
    409: _l("情况有变化"),
    413: _l("内容太大"),
    414: _l("地址太长"),
    415: _l("不支持这种内容"),
    422: _l("有内容需要修改"),
    429: _l("请稍等再试"),
    500: _l("系统出错了"),
    503: _l("系统正忙"),
}

ADVICE: Mapping[int, str] = {
    400: _l("页面可能打开太久，或内容在传送中损坏。请返回上一页再试。"),
    401: _l("登录已过期。请重新登录后再提交。"),
    404: _l("请核对地址，或从首页重新进入。"),
    409: _l("这一页的内容已经变了。请返回上一页，刷新后再试。"),
    413: _l("一次提交的内容超过了上限。文件请压缩或分开上传。"),
    414: _l("请缩短要搜索的内容，或从首页重新进入。"),
    422: _l("表单里有这一页没有的内容，或同一项出现了两次，所以没有处理。请返回上一页，刷新后再填。"),
    500: _l("不是您的问题。我们已记下这次错误，请稍后再试。"),
    503: _l("请过一会儿再试。"),
}

SECRET_FIELDS = frozenset({"carried", "csrf_token", "new_password", "next", "one_time_code", "password"})
UNTYPED_FIELDS = frozenset(
    {
        *(
            "confirmed",
            "declared",
            "elder",
            "explains",
            "handed",
            "items",
            "language",
            "next_step",
            "open_page",
            "organisation",
        ),
        *("outcome", "round", "sealed", "session", "then", "theme", "until", "verb", "version", "workspace"),
    }
)
"""What pages post beside what was typed: their own marks, and what one click chooses again."""
NOT_GIVEN_BACK = SECRET_FIELDS | UNTYPED_FIELDS

FIELD_WORDS: Mapping[str, str] = {
    "begins_on": _l("从哪天起"),
    "code": _l("核验码"),
    "conditions": _l("附带条件"),
    "credit_code": _l("统一社会信用代码"),
    "days": _l("天数"),
    "due": _l("哪天以前答复"),
    "email": _l("电子邮箱"),
    "ends_on": _l("到哪天止"),
    "english": _l("英文"),
    "explanation": _l("说明"),
    "factor_code": _l("验证码"),
    "field": _l("证照上的内容"),
    "first": _l("第一天"),
    "ground": _l("注销的法定情形"),
    "holder": _l("身份证号或者统一社会信用代码"),
    "identity_number": _l("身份证号"),
    "label": _l("名称"),
    "last": _l("最后一天"),
    "late_note": _l("超时的具体情况"),
    "late_reason": _l("超时原因"),
    "line": _l("图案下的一行字"),
    "name": _l("姓名或者名称"),
    "note": _l("写给申请人的说明"),
    "notes": _l("注意事项"),
    "notes_en": _l("注意事项（英文）"),
    "number": _l("证照编号"),
    "organisation_name": _l("单位名称"),
    "page": _l("第几页"),
    "person": _l("姓名"),
    "phone": _l("手机号"),
    "present": _l("在场人姓名"),
    "principal": _l("申请人姓名"),
    "principal_number": _l("申请人身份证号"),
    "published_by": _l("公布单位"),
    "q": _l("要查找的内容"),
    "reach": _l("手机号或者电子邮箱"),
    "reason": _l("理由"),
    "recipient": _l("给谁用"),
    "reference": _l("文号或者编号"),
    "repair_note": _l("修复的依据"),
    "rest_days": _l("放假的日子"),
    "scan": _l("二维码里的文字"),
    "seen_on": _l("核查日期"),
    "serial": _l("下弧的编码"),
    "source": _l("通知的名称"),
    "statement": _l("正文"),
    "statement_en": _l("正文（英文）"),
    "text": _l("您写的话"),
    "title": _l("标题"),
    "title_en": _l("标题（英文）"),
    "username": _l("用户名"),
    "way": _l("办理方式"),
    "what": _l("要怎么改"),
    "why_again": _l("为什么上一轮没有一起提出"),
    "window": _l("窗口号"),
    "words": _l("您写的话"),
    "work_days": _l("调休上班的日子"),
    "year": _l("哪一年"),
}
"""What the fields of forms written by hand are called; the others are questions of the catalogue."""
POINT_NOTE = "note_"
"""Begins the names of notes on points of a checklist."""
CHOSEN: Mapping[str, str] = {
    **{str(reason): words for reason, words in PAUSES.items()},
    **{str(reason): words for reason, words in OPENING_REASONS.items()},
    **{str(reason): words for reason, words in LATE_REASONS.items()},
    **{str(ground): words for ground, words in GROUNDS.items()},
    "normal": _l("按一般程序"),
    "promise": _l("承诺办理"),
}
"""What may be chosen in those forms where text may stand, too."""
NOT_OPEN: Mapping[str, str] = {
    "waiting": _l("前面的环节还没有办完，这个环节现在不能办理。"),
    "returned": _l("这个环节在等申请人补正，补齐以后再办。"),
    "paused": _l("这个环节正在特别程序中，或者全案已中止，现在不能办理。"),
    "moot": _l("这个环节不用再办：没有它也已经有了结果。"),
    "cut_off": _l("这个环节不用再办：前面的环节没有同意。"),
    "left": _l("申请人改了答案，这件事不再涉及这个环节。"),
}
"""Why a step is not open, by its status."""
MARK = re.compile(r"[a-z_]+")
"""As choices are posted that one click makes again."""


def words_of(refusal: Refusal) -> tuple[int, str]:
    """Status and sentence of a refusal, in the reader's language."""
    status, words = WORDS[type(refusal)]
    why = refusal.facts.get("why")
    words = FILE_WORDS[why] if isinstance(why, FileProblem) else words
    if isinstance(refusal, refusals.StepNotOpen):
        words = NOT_OPEN.get(str(refusal.facts.get("status")), words)
    facts = {
        name: _("、").join(map(_spoken, fact)) if isinstance(fact, tuple) else _spoken(fact)
        for name, fact in refusal.facts.items()
    }
    return status, str(words) % facts if "%(" in str(words) else str(words)


def _spoken(part: object) -> str:
    if isinstance(part, Text):
        return text(part)
    return day(part) if isinstance(part, date) else str(part)


def refused(refusal: Refusal) -> ResponseReturnValue:
    status, words = words_of(refusal)
    log.info("refused", refusal=refusal.name)
    if "Tus-Resumable" in request.headers:  # a script sends a piece of a file, and shows what it is told
        return Response(words, status, content_type="text/plain; charset=utf-8")
    return error_page(status, words)


def error_page(
    status: int,
    words: str | None = None,
    *,
    kept: Sequence[tuple[str, str]] | None = None,
    is_listed: bool = True,
    **way_on: object,
) -> tuple[str, int]:
    """What happened, what to do, the request's number, and everything that was typed; `way_on` is what else the page
    offers.
    """
    kept = kept if kept is not None else given_back(posted()) if is_listed else []
    advice = words or str(ADVICE.get(status, ADVICE[500] if status >= 500 else ""))
    if kept and not words:
        advice = _("%(advice)s您刚才填写的内容列在下面，可以复制。", advice=advice)
    title = str(TITLES.get(status, TITLES[500] if status >= 500 else TITLES[400]))
    page = render_template(
        "layout/error.html",
        status=status,
        heading=title,
        words=advice,
        number=g.get("request_number", ""),
        kept=kept,
        **way_on,
    )
    return page, status


def posted() -> list[tuple[str, str]]:
    if request.method == "GET":
        return []
    try:
        return list(request.form.items(multi=True))
    except HTTPException:  # the body itself was refused, so there is nothing to read back
        return []


def given_back(posted: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Label and value of what was typed; the label is empty where nobody knows it."""
    kept = [typed(name, value) for name, value in posted if name not in NOT_GIVEN_BACK and value.strip()]
    return [(label, shown) for label, shown in kept if label or not MARK.fullmatch(shown)]


def typed(name: str, value: str) -> tuple[str, str]:
    """Label and value as the form showed them; of a field that other pages call by different names all of these."""
    key, _dash, part = name.partition("-")
    sections = [section for item in catalogue().items.values() for section in item.sections]
    questions = _asked_here(key, sections)
    if not questions and (key in FIELD_WORDS or key.startswith(POINT_NOTE)):
        return str(FIELD_WORDS.get(key, FIELD_WORDS["explanation"])), str(CHOSEN.get(value, value))
    questions = questions or _asked(key, sections)
    shown = [text(choice.label) for question in questions for choice in question.choices if choice.value == value]
    if part.endswith("region") and (place := {ELSEWHERE: OUTSIDE, **PROVINCES, **catalogue().region_names}.get(value)):
        shown = [text(place)]
    if any(question.kind is Kind.YES_NO for question in questions) and value in ("yes", "no"):
        shown = [text({"yes": YES, "no": NO}[value])]
    return _either(text(question.label) for question in questions), _either(shown) or value


def _asked_here(key: str, sections: Iterable[Section]) -> list[Question]:
    """By the page that was sent: topics of several items have its name, so by that which asks most of what was sent."""
    here = [section for section in sections if section.key == (request.view_args or {}).get("key")]
    sent = {name.partition("-")[0] for name in request.form} - NOT_GIVEN_BACK
    asking = [(len(sent ^ {each.key for each in one.questions}), _asked(key, [one])) for one in here]
    return min((found for found in asking if found[1]), key=lambda found: found[0], default=(0, []))[1]


def _asked(key: str, sections: Iterable[Section]) -> list[Question]:
    return [question for section in sections for question in section.questions if question.key == key]


def _either(words: Iterable[str]) -> str:
    """Words that are different, beside each other."""
    return " / ".join(dict.fromkeys(words))


def register(app: Flask) -> None:
    app.register_error_handler(Refusal, refused)

    @app.errorhandler(NameUnreadable)
    def unreadable(_error: NameUnreadable) -> ResponseReturnValue:
        return error_page(400, _("文件名里有认不出的字，没有收到。请给文件改一个简单的名字，返回上一页再上传。"))

    @app.errorhandler(RequestEntityTooLarge)
    def too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
        """Only files make a request larger than the whole of it may be."""
        within = (request.content_length or 0) <= app.config["MAX_CONTENT_LENGTH"]
        is_text = request.mimetype == "application/x-www-form-urlencoded" or within
        return error_page(413, _("填写的内容太长，没有处理。请返回上一页，缩短后再提交。") if is_text else None)

    @app.errorhandler(SecurityError)
    def strange_host(_error: SecurityError) -> ResponseReturnValue:
        # No page: its links would have to be built for a host that is not ours.
        return Response("400", 400, content_type="text/plain")

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> ResponseReturnValue:
        if error.code is None or error.response is not None or 300 <= error.code < 400:
            return error
        return error_page(error.code)

    @app.errorhandler(OperationalError)
    def database_away(error: OperationalError) -> ResponseReturnValue:
        log.error("database away", error=type(error.orig).__name__)
        return *error_page(503), {"Retry-After": "5"}

    @app.errorhandler(Exception)
    def crash(error: Exception) -> ResponseReturnValue:
        log.error("crash", error=type(error).__name__, exc_info=error)
        return error_page(500)
