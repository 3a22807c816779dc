"""`kunji doctor` as a process: what it says by itself, its exit code, and beside an owner that is silent.

Beside a window that answers: `tests/end2end/test_trouble.py`.
"""

from pathlib import Path

import pytest

from app.domain import VaultForeign
from app.services.diagnostics import diagnostics_of
from app.services.reception import Reception
from app.system.instance import InstanceLock
from app.system.paths import Profile
from tests.cli.conftest import Done, Kunji
from tests.cli.street import Listener
from tests.fakes.clock import ManualClock
from tests.vault.fakes import MemoryKeychain


def says(done: Done, name: str) -> tuple[str, str]:
    return next((line["verdict"], line["says"]) for line in done.json["lines"] if line["name"] == name)


def test_without_an_owner_it_looks_by_itself_and_makes_nothing(kunji: Kunji) -> None:
    done = kunji.run("doctor")

    assert done.err == ""
    assert "ok  Rights  yours alone" in done.out
    assert "not known  Window" in done.out
    assert sorted(path.name for path in kunji.profile.iterdir()) == ["owner.lock"]


def test_with_a_vault_that_cannot_be_opened_it_tells_the_worst(kunji: Kunji) -> None:
    token = kunji.connected()
    (kunji.profile / "vault.db").write_bytes(b"no database at all" * 100)

    done = kunji.run("doctor", "--json", keychain="locked")

    assert done.code == 1
    assert [says(done, name)[0] for name in ("vault.db", "app.db", "Keychain")] == ["trouble", "ok", "trouble"]
    assert [secret for secret in (token, kunji.user.api_key, kunji.user.api_secret) if secret in done.out] == []


@pytest.mark.alone
def test_an_owner_that_is_silent_is_told_and_the_rest_is_looked_at(kunji: Kunji) -> None:
    with InstanceLock(Profile(kunji.profile)) as lock:
        assert lock.acquire()
        done = kunji.run("doctor", "--json")

    assert done.code == 1
    assert says(done, "Window") == ("trouble", "Kunji is open and does not answer")
    assert says(done, "Rights")[0] == "ok"


async def test_a_window_that_cannot_open_its_files_still_answers_it(tmp_path: Path) -> None:
    profile = Profile(tmp_path)
    diagnostics = diagnostics_of(profile, ManualClock(), keychain=MemoryKeychain(), base_url={})
    reception = Reception(profile, diagnostics)
    reception.refuse(VaultForeign("another program's database"))

    doctor = await reception.handle({"op": "doctor"}, Listener())
    status = await reception.handle({"op": "status"}, Listener())

    assert {"section": "Profile", "name": "Rights", "verdict": "ok", "says": "yours alone", "todo": ""} in doctor[
        "lines"
    ]
    assert status["error"]["kind"] == "vault_foreign"
