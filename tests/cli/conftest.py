"""A demo broker on loopback, and `kunji` as a process that talks to it."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

import pytest

from app.brokers import create_broker
from app.domain import Credentials, Secret
from app.services.answers import Yes
from app.services.core import build_services
from app.simulators import DemoUser, ThreadedSimulator, ZerodhaSimulator, demo_users, in_thread
from app.system.paths import Profile
from tests.cli import inside
from tests.cli.harness import FileKeychain
from tests.fakes import disk, rations
from tests.fakes.clock import going_clock
from tests.fakes.ports import free_port

ROOT = Path(__file__).parents[2]
LIMIT = 60.0


@dataclass
class Done:
    """A process that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.out))


@dataclass
class Kunji:
    """Starts `kunji` on one profile."""

    profile: Path
    broker: ThreadedSimulator
    user: DemoUser
    keychain: str
    browser: str = "none"
    apart: bool = False  # every command is a process of its own
    output: list[str] = field(default_factory=list)
    words: list[list[str]] = field(default_factory=list)

    def start(
        self,
        *words: str,
        keychain: str | None = None,
        browser: str | None = None,
        env: Mapping[str, str] = MappingProxyType({}),
        out: IO[str] | int = subprocess.PIPE,
    ) -> subprocess.Popen[str]:
        ports = [self.broker.base_url, keychain or self.keychain, browser or self.browser]
        command = [sys.executable, "-W", "error", "-m", "tests.cli.harness", *ports]
        pipe = subprocess.PIPE
        given = dict(os.environ) | {"DBUS_SESSION_BUS_ADDRESS": "", "QT_QPA_PLATFORM": "offscreen"} | dict(env)
        place = ["--profile-dir", str(self.profile)]
        process = subprocess.Popen(
            [*command, *words, *place], cwd=ROOT, env=given, stdin=pipe, stdout=out, stderr=pipe, text=True
        )
        self.words.append(Path(f"/proc/{process.pid}/cmdline").read_text().split("\0"))
        return process

    def run(self, *words: str, answers: tuple[str, ...] = (), **how: Any) -> Done:
        """See `start` for `how`; by this process where nothing asks for one of its own."""
        typed = "".join(f"{answer}\n" for answer in answers)
        by_itself = "watch" in words[:1]  # it writes its lines past Python, so that a pipe that is full holds up nobody
        if self.apart or by_itself or how.keys() - {"keychain", "browser"}:
            return self.finish(self.start(*words, **how), typed)
        ports = [self.broker.base_url, how.get("keychain", self.keychain), how.get("browser", self.browser)]
        done = Done(*inside.run([*ports, *words, "--profile-dir", str(self.profile)], typed))
        self.output += [done.out, done.err]
        return done

    def finish(self, process: subprocess.Popen[str], answers: str = "") -> Done:
        try:
            out, err = process.communicate(answers, timeout=LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            raise AssertionError(f"kunji did not end; it said {out!r} {err!r}") from None
        out = out or ""  # it went elsewhere
        self.output += [out, err]
        return Done(process.returncode, out, err)

    @property
    def keys(self) -> tuple[str, ...]:
        """The answers to the questions of `connect`, in their order."""
        return (self.user.client_id, self.user.redirect_url, self.user.api_key, self.user.api_secret)

    def token(self) -> str:
        """A live token of the user, as another program would have got it."""
        return self.broker.controls.replace_token(self.user.client_id)

    def connected(self, name: str = "HUF") -> str:
        """Connect the user's account with a token, without the cost of a process; returns the token."""
        token = self.token()
        asyncio.run(self._connect(name, token))
        return token

    async def _connect(self, name: str, token: str) -> None:
        services = await build_services(
            Profile(self.profile),
            clock=going_clock(),
            keychain=FileKeychain(Path(self.keychain)),
            make_broker=partial(create_broker, base_url=self.broker.base_url),
        )
        try:
            user, extras = self.user, {"redirect_url": Secret(self.user.redirect_url)}
            keys = Credentials(Secret(user.api_key), Secret(user.api_secret), Secret(token), user.client_id, extras)
            answer = await services.brokers.connect_broker(name, "zerodha", keys)
            assert isinstance(answer, Yes), answer
        finally:
            await services.close()


@pytest.fixture
def user() -> DemoUser:
    """The only client of the broker."""
    (user,) = demo_users(1, redirect_url=f"http://127.0.0.1:{free_port()}/back")
    return user


@pytest.fixture
def broker(user: DemoUser) -> Iterator[ThreadedSimulator]:
    with in_thread(ZerodhaSimulator(clock=going_clock(), users=[user])) as broker:
        broker.controls.enforce_limits(yes=False)
        yield broker


@pytest.fixture
def kunji(tmp_path: Path, broker: ThreadedSimulator, user: DemoUser) -> Kunji:
    return Kunji(tmp_path / "profile", broker, user, str(tmp_path / "keychain.json"))


@pytest.fixture
def processes() -> Iterator[list[subprocess.Popen[str]]]:
    """What a test started and may have left running."""
    found: list[subprocess.Popen[str]] = []
    yield found
    for process in found:
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.communicate()


@pytest.fixture(autouse=True)
def _quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the disk keeps has tests of its own in the rooms of the store and the vault."""
    disk.hurry(monkeypatch)


@pytest.fixture(autouse=True)
def _quick_rations(monkeypatch: pytest.MonkeyPatch) -> None:
    """How often a broker may be called has tests of its own in the room of the brokers."""
    rations.hurry(monkeypatch)
