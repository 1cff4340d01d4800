from __future__ import annotations

import gc
import weakref

import pytest

from monitor.collector import THRESHOLDS, held_back


class Knot:
    """Refers to itself, so only the collector can remove it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.mark.parametrize("error", [None, OSError])
def test_afterwards_the_collector_works_as_before(error: type[Exception] | None) -> None:
    before = gc.get_threshold()
    try:
        with held_back():
            assert gc.get_threshold() == THRESHOLDS
            assert gc.get_freeze_count() > 0
            if error:
                raise error
    except OSError:
        pass
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0


def test_cycles_are_still_found_meanwhile() -> None:
    with held_back():
        knot = weakref.ref(Knot())
        made = [[] for _ in range(THRESHOLDS[0] + 1)]
        assert made
        assert knot() is None
