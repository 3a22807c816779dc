"""What benchmarks of adapters share: a server of ready-made answers in its own process, and adapters that ask it."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from app.brokers import BaseBroker, create_broker  # noqa: E402 - the project is not installed
from app.brokers.wires import Wires  # noqa: E402 - see above
from app.domain import Clock, Credentials, Secret  # noqa: E402 - see above

_SERVER: Final = """
import asyncio, pathlib, sys

folder, delay = pathlib.Path(sys.argv[1]), float(sys.argv[2])
bodies = {f"/{file.relative_to(folder)}": file.read_bytes() for file in folder.rglob("*") if file.is_file()}
HEAD = b"HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nContent-Length: %d\\r\\n\\r\\n"
answers = {path.encode(): HEAD % len(body) + body for path, body in bodies.items()}

class Talk(asyncio.Protocol):
    asked = b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.asked += data
        while b"\\r\\n\\r\\n" in self.asked:
            head, _, self.asked = self.asked.partition(b"\\r\\n\\r\\n")
            asyncio.get_running_loop().call_later(delay, self.transport.write, answers[head.split(None, 2)[1]])

async def main():
    server = await asyncio.get_running_loop().create_server(Talk, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""


@contextmanager
def serving(answers: dict[str, bytes], delay: float = 0.0) -> Iterator[str]:
    """The address of a server that gives these answers by path, each `delay` seconds after it was asked."""
    with tempfile.TemporaryDirectory() as folder:
        for path, body in answers.items():
            file = Path(folder + path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(body)
        command = [sys.executable, "-c", _SERVER, folder, str(delay)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            try:
                yield f"http://127.0.0.1:{int(server.stdout.readline())}"
            finally:
                server.terminate()


async def connected(
    broker: str, base_url: str, *, clock: Clock | None = None, wires: Wires | None = None
) -> BaseBroker:
    """An adapter that has asked whose account it is."""
    adapter = create_broker(broker, base_url=base_url, clock=clock, wires=wires)
    client_id = "1000000003" if broker == "dhan" else ""  # elsewhere it is learnt from the profile
    if not await adapter.connect(Credentials(Secret("key"), Secret("secret"), Secret("token"), client_id)):
        raise RuntimeError(f"{broker}: {adapter.refusal}")
    return adapter
