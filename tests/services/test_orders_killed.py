"""kill -9 between journal, sending, answer and search: no intent is lost, nothing is sent again (promise O2)."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.services.order_kills import ANY, POINTS

ROOT = Path(__file__).parents[2]


def kills(folder: Path, count: int) -> list[dict[str, Any]]:
    """What the starts after `count` kills found."""
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")  # noqa: T201 - whoever sees it fail can play it again
    command = [sys.executable, "-m", "tests.services.order_kills", str(folder), str(seed), str(count)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, timeout=600, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not done.stderr, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def wrongs(found: list[dict[str, Any]]) -> list[str]:
    """Lost intents, orders sent twice, fates that the exchange's own book speaks against."""
    told = []
    for number, one in enumerate(found):
        tag, kept, sent, booked = f"KJ{number}", one["kept"], one["sent"], one["booked"]
        said = kept.get(tag)
        right = {"accepted"} if tag in booked else {"not_confirmed"} if tag in sent else {"not_sent", "not_confirmed"}
        if len(sent) != len(set(sent)):
            told.append(f"{one['point']}: sent twice")
        if tag in sent and said is None:
            told.append(f"{one['point']}: sent, and not in the journal")
        if said is not None and said not in right:
            told.append(f"{one['point']}: {said}, though sent {tag in sent} and booked {tag in booked}")
    return told


def test_no_kill_loses_an_intent_or_sends_one_again(tmp_path: Path) -> None:
    found = kills(tmp_path, 2 * len(POINTS))

    assert {one["point"] for one in found} == {*POINTS, ANY}
    assert wrongs(found) == []


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_thousand_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    found = kills(tmp_path, 1000)

    assert len(found) == 1000
    assert wrongs(found) == []
