"""Ask the time-stamp authority (RFC 3161), and take only a token that will be believed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import set_tsp_headers

from approvals.certificates.desk import Stamping
from approvals.certificates.wire import Unreachable, ask, basic

DRIFT = timedelta(minutes=5)
"""How far the authority's clock may be from ours."""
LARGEST = 64 * 1024


class WrongTime(Unreachable):
    """The authority's clock and ours are too far apart."""


class StampAuthority(TimeStamper):
    """`at` is our own time, with which the authority's is compared."""

    def __init__(self, stamping: Stamping, at: datetime) -> None:
        super().__init__()
        self._stamping, self._at = stamping, at

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        headers: dict[str, str] = set_tsp_headers({})
        if self._stamping.user is not None:
            headers |= basic(self._stamping.user, self._stamping.password or "")
        status, content = ask(self._stamping.url, req.dump(), headers, seconds=self._stamping.seconds, largest=LARGEST)
        if status != 200:
            raise Unreachable(f"the time-stamp authority answered {status}")
        try:
            answer = tsp.TimeStampResp.load(content)
            granted = answer["status"]["status"].native
            if granted == "granted":
                self._check(answer["time_stamp_token"], req)
        except (ValueError, KeyError, TypeError):
            raise Unreachable("the time-stamp authority's answer cannot be read") from None
        return answer

    def _check(self, token: Any, req: tsp.TimeStampReq) -> None:
        """A token for other bytes or of another time is none: it would be found out only when somebody verifies."""
        told = token["content"]["encap_content_info"]["content"].parsed
        if told["message_imprint"].dump() != req["message_imprint"].dump():
            raise Unreachable("the time-stamp authority stamped something else")
        if abs(told["gen_time"].native - self._at) > DRIFT:
            raise WrongTime("the time-stamp authority's clock is more than five minutes from ours")
