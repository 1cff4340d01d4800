"""The rig, on both databases."""

from __future__ import annotations

import pytest

from monitor.storage.database import Database
from tests.conftest import Clock
from tests.monitor.pipeline.rig import Rig


@pytest.fixture
def rig(database: Database, clock: Clock) -> Rig:
    return Rig(database, clock)
