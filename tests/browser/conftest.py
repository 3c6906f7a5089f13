"""What the tests of pages share: the demonstration's places, found once."""

from __future__ import annotations

import pytest

from tests.browser.kinds import prepare
from tests.fixtures.live import Live


@pytest.fixture(scope="session")
def places(lived: Live) -> dict[str, str]:
    """Numbers and tokens, by the names that stand in the paths of the kinds of page."""
    return prepare(lived)
