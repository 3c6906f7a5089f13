"""What the tests of pages share: the demonstration's places, found once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.browser.kinds import prepare
from tests.fixtures.live import Live


@pytest.fixture(scope="session")
def places(lived: Live) -> dict[str, str]:
    """Numbers and tokens, by the names that stand in the paths of the kinds of page. Papers are signed for them, which
    this thread cannot do once a test before has started the browser.
    """
    with ThreadPoolExecutor(1) as another:
        return another.submit(prepare, lived).result()
