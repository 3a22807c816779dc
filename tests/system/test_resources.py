import sys
from pathlib import Path

import pytest

import app.system.resources as place
from app.system.resources import resource


def test_the_checkout_has_its_resources_beside_the_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(place, "_APP", tmp_path / "app")
    (tmp_path / "resources").mkdir()
    (tmp_path / "resources" / "icon.svg").touch()

    assert resource("icon.svg") == tmp_path / "resources" / "icon.svg"


def test_the_installed_package_carries_them_inside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(place, "_APP", tmp_path / "app")
    (tmp_path / "app" / "_resources").mkdir(parents=True)
    (tmp_path / "app" / "_resources" / "icon.svg").touch()

    assert resource("icon.svg") == tmp_path / "app" / "_resources" / "icon.svg"


def test_the_packaged_build_unpacks_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    (tmp_path / "resources").mkdir()
    (tmp_path / "resources" / "icon.svg").touch()

    assert resource("icon.svg") == tmp_path / "resources" / "icon.svg"


def test_a_missing_resource_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"no-such-thing\.svg"):
        resource("no-such-thing.svg")
