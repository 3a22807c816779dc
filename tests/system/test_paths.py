import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain import InvalidRequest, ReadOnly
from app.system.paths import Profile, default_profile_dir, make_private, open_demo_profile, open_real_profile


@pytest.fixture
def wide_open() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_profile_folder_is_ours_alone_whatever_the_umask(tmp_path: Path, wide_open: None) -> None:
    profile = Profile(tmp_path / "new" / "profile")

    assert mode(profile.directory) == 0o700


def test_an_empty_folder_of_ours_is_closed_to_others(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir(mode=0o755)

    Profile(folder)

    assert mode(folder) == 0o700


def test_a_profile_whose_rights_were_widened_is_closed_again(tmp_path: Path) -> None:
    folder = Profile(tmp_path / "profile").directory
    (folder / "vault.db").touch()
    folder.chmod(0o777)

    Profile(folder)

    assert mode(folder) == 0o700


def test_a_folder_with_other_things_in_it_is_refused_untouched(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o755)
    (folder / "letters.txt").touch()

    with pytest.raises(InvalidRequest) as caught:
        Profile(folder)

    assert caught.value.field == "profile_dir"
    assert mode(folder) == 0o755


def test_a_file_is_no_profile_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises((InvalidRequest, ReadOnly)):
        Profile(tmp_path / "file")


def test_a_folder_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.system.paths.user_number", lambda: os.getuid() + 1)

    with pytest.raises(InvalidRequest, match="another user"):
        make_private(tmp_path)


def test_a_folder_that_cannot_be_made_is_said_in_words() -> None:
    with pytest.raises(ReadOnly) as caught:
        Profile(Path("/proc/kunji/profile"))

    assert "--profile-dir" in caught.value.next_step


def test_a_relative_folder_is_the_same_after_a_change_of_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert Profile(Path("here")).directory == tmp_path / "here"


def test_the_socket_lies_in_the_profile(tmp_path: Path) -> None:
    profile = Profile(tmp_path)

    assert profile.socket_path == tmp_path / "kunji.sock"


def test_a_profile_with_a_long_path_has_a_short_socket_of_its_own(tmp_path: Path) -> None:
    one, other = Profile(tmp_path / ("a" * 90)), Profile(tmp_path / ("b" * 90))

    assert one.socket_path != other.socket_path
    assert len(os.fsencode(one.socket_path)) < 100
    assert one.socket_path == Profile(one.directory).socket_path


def test_demo_and_user_have_different_folders() -> None:
    assert default_profile_dir() != default_profile_dir(demo=True)


def test_the_demo_never_takes_a_folder_with_real_accounts(tmp_path: Path) -> None:
    open_real_profile(tmp_path).vault_path.touch()

    with pytest.raises(InvalidRequest, match="real accounts"):
        open_demo_profile(tmp_path)


def test_the_invented_accounts_of_the_demo_are_never_opened_as_real_ones(tmp_path: Path) -> None:
    open_demo_profile(tmp_path)

    with pytest.raises(InvalidRequest, match="belongs to the demo"):
        open_real_profile(tmp_path)


def test_the_demo_opens_its_folder_again(tmp_path: Path) -> None:
    open_demo_profile(tmp_path).vault_path.touch()

    assert open_demo_profile(tmp_path).is_demo
