"""Starting at login: the entry that desktops follow, switched on and off by us or by them."""

import configparser
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from app.domain import InvalidRequest, ReadOnly
from app.system.autostart import Autostart, this_program
from app.system.paths import Profile

PROGRAM = "/opt/kunji/kunji"


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's configuration folder, and an empty one for everyone."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "everyone"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "config"


@pytest.fixture
def usual(tmp_path: Path) -> Autostart:
    return Autostart(Profile(tmp_path / "data" / "kunji"), command=[PROGRAM])


def entry(path: Path) -> dict[str, str]:
    parser = configparser.RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # as the library documents it
    parser.read_string(path.read_text())
    return dict(parser["Desktop Entry"])


def for_everyone(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "everyone" / "autostart" / "kunji.desktop"
    path.parent.mkdir(parents=True)
    path.write_text(f"[Desktop Entry]\nType=Application\nName=Kunji\nExec=kunji\n{text}\n")
    return path


def test_switched_on_it_starts_this_program_with_the_session(usual: Autostart, config: Path) -> None:
    usual.put(on=True, hidden=False)

    written = entry(config / "autostart" / "kunji.desktop")
    assert (written["Type"], written["Exec"], written["TryExec"]) == ("Application", PROGRAM, PROGRAM)
    assert usual.is_on


def test_hidden_is_one_more_word(usual: Autostart) -> None:
    usual.put(on=True, hidden=True)

    assert entry(usual.path)["Exec"] == f"{PROGRAM} --hidden"


def test_switched_off_nothing_is_left(usual: Autostart, config: Path) -> None:
    usual.put(on=True, hidden=True)

    usual.put(on=False, hidden=True)
    usual.put(on=False, hidden=True)

    assert not usual.is_on
    assert list((config / "autostart").iterdir()) == []


def test_a_profile_elsewhere_has_an_entry_of_its_own_that_names_it(tmp_path: Path) -> None:
    place = tmp_path / 'my "best" 100% $profile'
    other = Autostart(Profile(place), command=[PROGRAM])

    other.put(on=True, hidden=False)

    said = entry(other.path)["Exec"].replace("\\\\", "\\").replace("%%", "%")  # as a desktop reads it, then as sh does
    words = subprocess.run(["sh", "-c", f"printf '%s\n' {said}"], capture_output=True, text=True, check=True)
    assert words.stdout.splitlines() == [PROGRAM, "--profile-dir", str(place)]
    assert other.path.name != "kunji.desktop"


@pytest.mark.parametrize("line", ["Hidden=true", "X-GNOME-Autostart-enabled=false"])
def test_what_the_desktop_switched_off_is_off(usual: Autostart, line: str) -> None:
    usual.put(on=True, hidden=False)
    text = usual.path.read_text().replace("X-GNOME-Autostart-enabled=true\n", "")
    usual.path.write_text(f"{text}{line}\n")

    assert not usual.is_on


@pytest.mark.parametrize("text", ["", "no entry at all", "[Other]\nName=Kunji\n", "[Desktop Entry", "\0\xff"])
def test_an_entry_that_cannot_be_read_counts_as_off(usual: Autostart, text: str) -> None:
    usual.path.parent.mkdir(parents=True)
    usual.path.write_text(text)

    assert not usual.is_on


def test_an_entry_for_everyone_is_overruled_and_not_touched(usual: Autostart, tmp_path: Path) -> None:
    everyone = for_everyone(tmp_path, "")
    before = (everyone.read_bytes(), usual.is_on)

    usual.put(on=False, hidden=False)

    assert before == (everyone.read_bytes(), True)
    assert not usual.is_on


def test_a_template_for_everyone_that_is_off_is_switched_on_for_this_user_alone(
    usual: Autostart, tmp_path: Path
) -> None:
    for_everyone(tmp_path, "Hidden=true")
    before = usual.is_on

    usual.put(on=True, hidden=False)
    on = usual.is_on
    usual.put(on=False, hidden=False)

    assert (before, on, usual.is_on, usual.path.exists()) == (False, True, False, False)


def test_an_entry_of_a_program_that_is_gone_names_this_one(usual: Autostart, tmp_path: Path) -> None:
    moved = tmp_path / "opt" / "kunji"
    moved.parent.mkdir()
    moved.touch()
    usual.put(on=True, hidden=False)
    here = Autostart(usual._profile, command=[str(moved)])

    here.renew(hidden=True)
    named = entry(here.path)["Exec"]
    usual.renew(hidden=True)

    assert (named, entry(here.path)["Exec"]) == (f"{moved} --hidden", named)


@pytest.mark.parametrize("line", ["Hidden=true", ""])
def test_what_is_off_or_not_there_is_not_renewed(usual: Autostart, line: str) -> None:
    if line:
        usual.put(on=True, hidden=False)
        usual.path.write_text(usual.path.read_text() + line)
    before = usual.path.read_text() if line else ""

    usual.renew(hidden=True)

    assert (usual.path.read_text() if usual.path.exists() else "") == before


def test_the_demo_is_never_started_at_login(tmp_path: Path) -> None:
    profile = Profile(tmp_path / "demo")
    profile.demo_mark.touch()

    with pytest.raises(InvalidRequest) as refused:
        Autostart(profile, command=[PROGRAM]).put(on=True, hidden=False)

    assert refused.value.field == "start_at_login"


def test_a_folder_that_cannot_be_written_is_said(usual: Autostart, config: Path) -> None:
    config.write_text("a file where a folder should be")

    with pytest.raises(ReadOnly, match="autostart") as refused:
        usual.put(on=True, hidden=False)

    assert "starts Kunji at login" in refused.value.title
    assert stat.S_ISREG(config.stat().st_mode)


def test_a_source_tree_is_started_in_its_folder(tmp_path: Path) -> None:
    source = Autostart(Profile(tmp_path / "data" / "kunji"), command=["/usr/bin/python3", "-m", "app"])

    source.put(on=True, hidden=False)

    said = entry(source.path)
    assert (said["Exec"], (Path(said["Path"]) / "app" / "main.py").exists()) == ("/usr/bin/python3 -m app", True)


def test_the_program_is_what_was_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    command = tmp_path / "bin" / "kunji"
    command.parent.mkdir()
    command.touch()

    monkeypatch.setattr(sys, "argv", [str(command)])
    as_command = this_program()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    packaged = this_program()

    assert (as_command, packaged) == ([str(command)], [sys.executable])
