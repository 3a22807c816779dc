"""What every test may rely on: no address outside this machine can be reached, and time is handed in."""

import gc
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from app.domain import market, secret
from app.services.calendar import brought
from tests.fakes.clock import begin_at

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_API", "pyside6")
begin_at(os.environ.get("KUNJI_TESTS_AT", "10:00"))

_BROUGHT: Final = brought()
_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex
_getaddrinfo = socket.getaddrinfo


def _refuse_foreign(family: int, address: Any) -> None:
    if family in (socket.AF_INET, socket.AF_INET6):
        host = str(address[0])
        if host != "::1" and not host.startswith("127."):
            raise AssertionError(f"a test tried to reach {host}")


def _guarded_connect(self: socket.socket, address: Any) -> None:
    _refuse_foreign(self.family, address)
    _connect(self, address)


def _guarded_connect_ex(self: socket.socket, address: Any) -> int:
    _refuse_foreign(self.family, address)
    return _connect_ex(self, address)


def _guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
    text = host.decode() if isinstance(host, bytes) else host
    if text in (None, "", "localhost", "::1") or str(text).startswith("127."):
        return _getaddrinfo(host, *args, **kwargs)
    raise socket.gaierror(socket.EAI_NONAME, "names are not looked up in tests")


@pytest.fixture(autouse=True, scope="session")
def _loopback_only() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", _guarded_connect)
    patch.setattr(socket.socket, "connect_ex", _guarded_connect_ex)
    patch.setattr(socket, "getaddrinfo", _guarded_getaddrinfo)
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def _calendar() -> None:
    """Every test begins with the calendar that Kunji brings."""
    market.use(_BROUGHT)


@pytest.fixture(autouse=True)
def _forget_secrets() -> Iterator[None]:
    """What one test plants is not masked in the texts of the next."""
    before = set(secret._known)
    yield
    with secret._known_lock:
        secret._known.intersection_update(before)


_WINDOWS: Final = frozenset({"qt"})
"""Rooms whose tests look at the windows of their process: none of another room in it."""


_OF_A_FILE: Final = frozenset({"alone", "desktop"})
"""Marks that stand in the very file of the tests that carry them; tests/test_project.py sees to that."""


def _has_windows(path: Path) -> bool:
    return path.relative_to(Path(__file__).parent).parts[0] in _WINDOWS


def _may_hold(path: Path, term: str) -> bool:
    """Whether a test of that file may fulfil one term of what `-m` asks for: "alone", "not windows"."""
    if term.removeprefix("not ") == "windows":
        return _has_windows(path) is (term == "windows")
    return term not in _OF_A_FILE or f"mark.{term}" in path.read_text(encoding="utf-8")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Load no file that holds no test of the marks asked for: to load all takes every process ten seconds."""
    asked = str(config.option.markexpr)
    if collection_path.suffix != ".py" or " or " in asked or "(" in asked:
        return None
    if collection_path in {Path(name.partition("::")[0]).absolute() for name in config.args}:
        return None  # the user named it
    return None if all(_may_hold(collection_path, term) for term in asked.split(" and ")) else True


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of whole rooms (see pyproject.toml)."""
    for item in items:
        if _has_windows(item.path):
            item.add_marker(pytest.mark.windows)


def pytest_collection_finish() -> None:
    """Leave the thousands of collected tests out of every later look for garbage, which would take a second each."""
    gc.collect()
    gc.freeze()
