"""A process that is killed in the middle of a renewal: the file holds the old token or the new one, whole."""

import json
import os
import signal
import subprocess
import sys
from base64 import b64decode
from pathlib import Path

import pytest

from app.services.views import AccountState
from tests.fakes.clock import ManualClock
from tests.services.fakes import World
from tests.services.house import House

ROOT = Path(__file__).parents[2]
RENEW_AND_DIE = """
import asyncio, base64, json, os, signal, sys
from pathlib import Path
from tests.fakes.clock import ManualClock
from tests.services.house import House
from tests.services.test_renewal import LIVES_A_DAY, TO_CLOSE

folder, moment = Path(sys.argv[1]), sys.argv[2]

def die():
    os.kill(os.getpid(), signal.SIGKILL)

async def main():
    clock = ManualClock()
    house = await House.build(folder / "profile", clock)
    house.world.spec = LIVES_A_DAY
    account = await house.connected()
    keys = {name: base64.b64encode(key).decode() for name, key in house.keychain.items.items()}
    real = house.services.vault.update
    write = house.services.vault._database.write

    async def update(*values, **named):
        note = {"user_id": account.user_id, "keys": keys, "tokens": house.world.tokens}
        (folder / "note.json").write_text(json.dumps(note))
        if moment == "before":
            die()
        done = await real(*values, **named)
        die()

    async def killed_inside(work, **named):
        def job(session):
            result = work(session)
            session.flush()
            die()
        return await write(job, **named)

    house.services.vault.update = update
    if moment == "inside":
        house.services.vault._database.write = killed_inside
    clock.jump(TO_CLOSE)
    house.services.renewals.beat()
    await asyncio.sleep(20)

asyncio.run(main())
"""


def renewed_and_killed(folder: Path, moment: str) -> int:
    """Run a process of its own that is killed at `moment` of the write; its return code."""
    command = [sys.executable, "-c", RENEW_AND_DIE, str(folder), moment]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, timeout=60, check=False
    ).returncode


@pytest.mark.parametrize("moment", ["before", "inside", "after"])
async def test_a_kill_leaves_the_old_token_or_the_new_one_and_the_broker_is_asked(tmp_path: Path, moment: str) -> None:
    assert renewed_and_killed(tmp_path, moment) == -signal.SIGKILL

    house = House(tmp_path / "profile", ManualClock())
    note = json.loads((tmp_path / "note.json").read_text("utf-8"))
    house.keychain.items = {name: b64decode(key) for name, key in note["keys"].items()}
    house.world = World(house.clock, port=house.world.port, tokens=note["tokens"])
    await house.open()
    stored = (await house.services.vault.credentials(note["user_id"])).access_token.reveal()
    await house.services.brokers.validate_broker(note["user_id"])

    lives = moment == "after"
    assert (stored in note["tokens"]) is lives
    expected = AccountState.READY if lives else AccountState.SIGNED_OUT
    assert house.services.brokers.view(note["user_id"]).state is expected
    await house.close()
