"""What `kunji doctor` says: each look, the three answers, one deadline, and no secret in any of it (promise L1)."""

import asyncio
import secrets
import socket
from collections.abc import Iterable
from pathlib import Path

import pytest

from app.brokers.reach import Door
from app.domain import Busy, KeychainLocked, NotReachable, Secret, TradingError
from app.domain.calls import LimitUse
from app.services import diagnostics as diagnosing
from app.services import looks
from app.services.diagnosis_views import diagnosis_json
from app.services.diagnostics import (
    Diagnosis,
    Diagnostics,
    Face,
    Line,
    Subject,
    Verdict,
    diagnostics_of,
)
from app.services.views import MasterView
from app.system import desktop_look, profile_look
from app.system.desktop_look import DesktopLooked
from app.system.paths import Profile
from tests.fakes.clock import ManualClock
from tests.services.fakes import MemoryKeychain, World
from tests.services.house import House

GOOD = DesktopLooked("notifyd 1.0", ("actions", "body"), tray=True)


@pytest.fixture(autouse=True)
def desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    """A desktop with everything, whatever this machine has."""
    offer(monkeypatch, GOOD)


def offer(monkeypatch: pytest.MonkeyPatch, found: DesktopLooked | None) -> None:
    async def look() -> DesktopLooked | None:
        await asyncio.sleep(0)
        return found

    monkeypatch.setattr(desktop_look, "look", look)


def line(diagnosis: Diagnosis, name: str) -> Line:
    return next(one for section in diagnosis.sections for one in section.lines if one.name == name)


def alone(folder: Path, silent: TradingError | None = None) -> Diagnostics:
    made = diagnostics_of(Profile(folder), ManualClock(), keychain=MemoryKeychain(), make_broker=World, silent=silent)
    made.face = lambda: Face(tray=True, notices=True)
    return made


async def test_a_kunji_with_nothing_wrong_is_well(house: House) -> None:
    await house.connected()
    house.services.diagnostics.face = lambda: Face(tray=True, notices=True)

    found = await house.services.diagnostics.run()

    not_ok = [one.name for section in found.sections for one in section.lines if one.verdict is not Verdict.OK]
    assert not_ok == ["Clock"]  # the played broker says no time
    assert line(found, "Accounts").says == "1 ready"
    assert line(found, "Key").says == "opens the credential store"
    assert line(found, "vault.db").says.startswith("whole, version 1 of 1")


async def test_the_same_is_told_as_text_and_as_json(house: House) -> None:
    found = await house.services.diagnostics.run()

    answer = diagnosis_json(found)

    assert found.text.startswith("Kunji diagnostics, 2026-11-18 09:14:00 IST\n\nProgram\n  ok         Kunji: ")
    assert (answer["ok"], answer["code"]) == (False, 3)
    assert answer["lines"][0]["section"] == "Program"
    assert {one["verdict"] for one in answer["lines"]} == {"ok", "not_known"}


async def test_without_services_it_says_what_it_can(tmp_path: Path) -> None:
    found = await alone(tmp_path).run()

    assert line(found, "Window").verdict is Verdict.NOT_KNOWN
    assert line(found, "vault.db").says == "not made yet"
    assert [section.title for section in found.sections] == [
        "Program", "Profile", "Databases", "Keychain", "Desktop", "Brokers"
    ]  # fmt: skip


async def test_an_owner_that_does_not_answer_is_a_trouble(tmp_path: Path) -> None:
    found = await alone(tmp_path, Busy()).run()

    assert line(found, "Window").verdict is Verdict.TROUBLE


async def test_a_keychain_that_is_locked_is_a_trouble_with_what_to_do(tmp_path: Path) -> None:
    class Locked(MemoryKeychain):
        def read(self, service: str) -> bytes | None:
            raise KeychainLocked

    found = await diagnostics_of(Profile(tmp_path), ManualClock(), keychain=Locked(), make_broker=World).run()

    assert line(found, "Keychain").says == KeychainLocked.title
    assert line(found, "Keychain").todo == KeychainLocked.next_step


@pytest.mark.parametrize("name", ["vault.db", "app.db"])
async def test_a_damaged_database_is_told_and_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"no database at all" * 100)

    found = await alone(tmp_path).run()

    assert line(found, name).verdict is Verdict.TROUBLE
    assert line(found, name).says.startswith("vault_foreign: ")
    assert (tmp_path / name).read_bytes() == b"no database at all" * 100


async def test_a_database_that_somebody_writes_is_not_known(tmp_path: Path) -> None:
    house = await House.build(tmp_path, ManualClock())
    await house.close()
    (tmp_path / "app.db-journal").write_bytes(b"half a write")

    found = await alone(tmp_path).run()

    assert line(found, "app.db").verdict is Verdict.NOT_KNOWN


async def test_a_file_that_others_may_read_is_named(house: House) -> None:
    (house.directory / "app.db").chmod(0o644)

    found = await house.services.diagnostics.run()

    assert line(found, "Rights").says == "other users may look into app.db"


async def test_a_full_disk_is_a_trouble(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = profile_look.ProfileLooked(house.directory, (), writable=False, free=1_000_000)
    monkeypatch.setattr(profile_look, "look", lambda _: looked)

    found = await house.services.diagnostics.run()

    assert (line(found, "Disk").verdict, line(found, "Disk").says) == (Verdict.TROUBLE, "1 MB free")
    assert line(found, "Folder").verdict is Verdict.TROUBLE


@pytest.mark.parametrize(
    ("offered", "face", "expected"),
    [
        (GOOD, Face(tray=True, notices=True), ("notifyd 1.0, with buttons", Verdict.OK)),
        (GOOD, Face(tray=True, notices=False), ("notifyd 1.0, with buttons", Verdict.TROUBLE)),
        (DesktopLooked("plain 1"), Face(tray=True, notices=False), ("plain 1, without buttons", Verdict.OK)),
        (DesktopLooked(), None, ("there is no service", Verdict.TROUBLE)),
        (None, None, ("there is no session bus", Verdict.TROUBLE)),
    ],
)
async def test_notifications_are_told_with_their_abilities(
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    offered: DesktopLooked | None,
    face: Face | None,
    expected: tuple[str, Verdict],
) -> None:
    offer(monkeypatch, offered)
    if face is not None:
        house.services.diagnostics.face = lambda: face

    found = line(await house.services.diagnostics.run(), "Notifications")

    assert (found.says, found.verdict) == expected


async def test_without_a_tray_closing_ends_kunji_and_it_is_told(house: House) -> None:
    house.services.diagnostics.face = lambda: Face(tray=False, notices=True)

    assert line(await house.services.diagnostics.run(), "Tray").verdict is Verdict.TROUBLE


# ------------------------------------------------------------------ brokers


def knocking(folder: Path, *doors: Door) -> Diagnostics:
    return Diagnostics(Subject(Profile(folder), ManualClock(), {"zerodha": doors}, MemoryKeychain()))


async def test_hosts_are_knocked_at_and_offline_is_told_once(tmp_path: Path) -> None:
    found = await knocking(tmp_path, Door("api.kite.trade"), Door("kite.zerodha.com")).run()

    assert line(found, "Network").says == "no broker's name is found: offline"
    assert line(found, "zerodha api.kite.trade").verdict is Verdict.TROUBLE


async def test_a_host_that_answers_is_online(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = await knocking(tmp_path, Door("127.0.0.1", server.getsockname()[1], tls=False)).run()

    assert line(found, "Network").says == "online"


@pytest.mark.parametrize(
    ("build", "hosts"),
    [
        ({"make_broker": World}, {}),
        ({"base_url": "http://127.0.0.1:9/x"}, dict.fromkeys(("zerodha", "dhan", "fyers", "angel_one"), "127.0.0.1")),
        ({"base_url": {"dhan": "http://127.0.0.1:9"}}, {"dhan": "127.0.0.1"}),
    ],
)
def test_brokers_that_are_elsewhere_are_never_looked_for_at_home(
    tmp_path: Path, build: dict[str, object], hosts: dict[str, str]
) -> None:
    made = diagnostics_of(Profile(tmp_path), ManualClock(), **build)  # type: ignore[arg-type]  # as `Parts.build`

    assert {key: door.host for key, (door,) in made._subject.doors.items()} == hosts


def test_a_demos_profile_knocks_at_no_brokers_door(tmp_path: Path) -> None:
    profile = Profile(tmp_path)
    profile.demo_mark.touch()

    assert diagnostics_of(profile, ManualClock())._subject.doors == {}


@pytest.mark.parametrize(
    ("behind", "says", "verdict"),
    [(0.0, "right", Verdict.OK), (48.2, "48 s behind", Verdict.TROUBLE), (-90.0, "90 s ahead", Verdict.TROUBLE)],
)
async def test_our_clock_is_held_against_the_brokers(
    house: House, monkeypatch: pytest.MonkeyPatch, behind: float, says: str, verdict: Verdict
) -> None:
    await house.connected()
    (one,) = house.services.accounts
    monkeypatch.setattr(type(one), "clock_behind", behind)

    found = line(await house.services.diagnostics.run(), "Clock, against Zerodha")

    assert (found.says, found.verdict) == (says, verdict)


async def test_a_list_that_could_not_be_fetched_is_a_trouble(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    views = (MasterView("zerodha", None, error=NotReachable()),)
    monkeypatch.setattr(type(house.services.masters), "views", views)

    found = line(await house.services.diagnostics.run(), "Zerodha")

    assert (found.verdict, found.todo) == (Verdict.TROUBLE, NotReachable.next_step)


async def test_latency_and_limits_are_told_without_the_accounts_name(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.connected("Secret Name")
    await house.services.portfolio.refresh()
    (one,) = house.services.accounts
    monkeypatch.setattr(type(one), "limits_used", (LimitUse("api", 3, 8, 1.0),))

    found = await house.services.diagnostics.run()

    assert line(found, "Zerodha 1, Positions").says.startswith("1 calls, usually ")
    assert line(found, "Zerodha 1, limit of All calls").says == "3 of 8 in 1 s"
    assert "Secret Name" not in found.text


# ------------------------------------------------------------------ deadlines, mistakes, secrets


async def hangs(_: Subject, __: Face | None) -> Iterable[Line]:
    await asyncio.Event().wait()
    return []


async def breaks(_: Subject, __: Face | None) -> Iterable[Line]:
    await asyncio.sleep(0)
    raise RuntimeError("odd")


async def test_a_look_that_hangs_or_breaks_is_not_known_and_the_others_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diagnosing, "_WAIT", 0.2)
    monkeypatch.setattr(looks, "LOOKS", (("A", "hung", hangs), ("B", "broken", breaks), ("C", "", looks.profile)))

    found = await alone(tmp_path).run()

    assert line(found, "hung").says == "no answer in time"
    assert line(found, "broken").says == "RuntimeError"
    assert line(found, "Rights").verdict is Verdict.OK
    assert found.verdict is Verdict.NOT_KNOWN


async def test_no_secret_and_no_home_folder_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"canary{secrets.token_hex(12)}"
    Secret(text)
    monkeypatch.setenv("HOME", str(tmp_path))

    async def tells(_: Subject, __: Face | None) -> Iterable[Line]:
        await asyncio.sleep(0)
        return [Line("Odd", f"said {text} in {tmp_path}/kunji", Verdict.TROUBLE, f"do {text}")]

    monkeypatch.setattr(looks, "LOOKS", (("A", "", tells),))
    found = await alone(tmp_path).run()

    assert text not in found.text + str(diagnosis_json(found)) + repr(found)
    assert line(found, "Odd").says == "said \u2022\u2022\u2022\u2022 in ~/kunji"
