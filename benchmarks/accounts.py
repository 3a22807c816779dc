"""A profile with connected accounts at demo brokers of this process, for the benchmarks that start the program.

    with Accounts(folder, 8) as accounts:
        subprocess.run([sys.executable, "-c", CODE, accounts.word])      # CODE: parts(sys.argv[1]), see below

The brokers run on threads of the benchmark's own process, so that their work is not counted as the program's.
"""

import asyncio
import json
import os
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from app.parts import Parts

MORNING = datetime.fromisoformat("2026-11-18T10:00:00+05:30")


class FileKeychain:
    """Keys in a file: a benchmark has no session to lock them in."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, service: str) -> bytes | None:
        found = self._all().get(service)
        return None if found is None else bytes.fromhex(found)

    def write(self, service: str, key: bytes) -> None:
        self._path.write_text(json.dumps(self._all() | {service: key.hex()}))

    def delete(self, service: str) -> None:
        self._path.write_text(json.dumps({name: key for name, key in self._all().items() if name != service}))

    def _all(self) -> dict[str, str]:
        return json.loads(self._path.read_text()) if self._path.exists() else {}


class Accounts:
    """`count` accounts, two at a broker at most, all connected, all books read once."""

    def __init__(self, folder: Path, count: int) -> None:
        from app.domain import ShiftedClock  # the measured program imports this module: nothing heavy at its head
        from app.simulators import ZerodhaSimulator, demo_users, in_thread
        from app.simulators.angel_one.people import angel_one_users
        from app.simulators.angel_one.server import AngelOneSimulator
        from app.simulators.dhan.people import dhan_users
        from app.simulators.dhan.server import DhanSimulator
        from app.simulators.fyers.people import fyers_users
        from app.simulators.fyers.server import FyersSimulator

        self.folder = folder
        self.clock = ShiftedClock.at(MORNING)
        each = -(-count // 4)
        self._users: dict[str, list[Any]] = {
            "zerodha": list(demo_users(each)),
            "dhan": list(dhan_users(each)),
            "fyers": list(fyers_users(each)),
            "angel_one": list(angel_one_users(each)),
        }
        made: dict[str, Any] = {
            "zerodha": ZerodhaSimulator,
            "dhan": DhanSimulator,
            "fyers": FyersSimulator,
            "angel_one": AngelOneSimulator,
        }
        self.brokers = {key: in_thread(kind(clock=self.clock, users=self._users[key])) for key, kind in made.items()}
        self._chosen = [(key, user) for key, users in self._users.items() for user in users][:count]
        self._running = ExitStack()

    def __enter__(self) -> Self:
        for broker in self.brokers.values():
            broker.start(port=0)
            self._running.callback(broker.stop)
            broker.controls.market("open")
        asyncio.run(self._connect())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._running.close()

    @property
    def word(self) -> str:
        """What a child needs to know, as one argument."""
        urls = {key: broker.base_url for key, broker in self.brokers.items()}
        return json.dumps({"folder": str(self.folder), "urls": urls, "shift": self.clock.shift.total_seconds()})

    def offline(self) -> str:
        """As `word`, with every broker at an address where nobody listens."""
        return json.dumps(json.loads(self.word) | {"urls": dict.fromkeys(self.brokers, "http://127.0.0.1:9")})

    async def _connect(self) -> None:
        from app.domain import Credentials, Secret
        from app.services.answers import Yes
        from app.services.core import build_services
        from app.system.paths import Profile

        services = await build_services(Profile(self.folder / "profile"), clock=self.clock, **_build(self.word))
        try:
            for number, (key, user) in enumerate(self._chosen):
                token = self.brokers[key].controls.replace_token(user.client_id)
                extras = {"redirect_url": Secret(user.redirect_url)}
                keys = Credentials(Secret(user.api_key), Secret(user.api_secret), Secret(token), user.client_id, extras)
                answer = await services.brokers.connect_broker(f"Account {number}", key, keys)
                assert isinstance(answer, Yes), answer
            await services.portfolio.refresh()
        finally:
            await services.close()


def parts(word: str) -> Parts:
    """What the program is built with."""
    from app.domain import ShiftedClock

    return Parts(_build(word), clock=ShiftedClock(timedelta(seconds=json.loads(word)["shift"])))


def profile_of(word: str) -> str:
    return str(Path(json.loads(word)["folder"], "profile"))


def _build(word: str) -> dict[str, Any]:
    said = json.loads(word)
    keychain = FileKeychain(Path(said["folder"], "keychain.json"))
    return {"keychain": keychain, "base_url": said["urls"], "quiet_hours": None}


def environment() -> dict[str, str]:
    """Offscreen, with the bytecode cache in use, and the program and this folder to be found."""
    here = Path(__file__).parent
    env = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return env | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": f"{here.parent}{os.pathsep}{here}"}
