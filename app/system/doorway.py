"""How the two ends of the local socket find each other, and how they know that both belong to this user.

POSIX: a 0600 socket in the profile's 0700 folder, and the kernel says who called. Elsewhere: a port of 127.0.0.1 and a
random key in a file of the profile; both ends prove that they know it before anything else is said, so that neither
another program's client nor another program on a dead owner's port is ever spoken to.
"""

import asyncio
import hashlib
import hmac
import json
import os
import secrets
import socket
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from app.system.channel import LINE_LIMIT, Channel, ChannelClosed
from app.system.paths import Profile, make_private, user_number

_FILE_MODE: Final = 0o600
_PROOF_WAIT: Final = 2.0
_PEER: Final = struct.Struct("3i")  # pid, uid, gid: struct ucred of Linux
_HAS_LOCAL_SOCKETS: Final = hasattr(socket, "AF_UNIX") and os.name != "nt"
Arrived = Callable[[Channel], None]


async def listen(profile: Profile, arrived: Arrived) -> asyncio.Server:
    """Listen for callers of this user; each is handed to `arrived`. Raises `OSError`."""
    if sys.platform == "win32" or not _HAS_LOCAL_SOCKETS:
        return await listen_on_port(profile, arrived)
    return await _listen_local(profile, arrived)


async def dial(profile: Profile) -> Channel:
    """Call the owner. Raises `OSError` or `ValueError` when nobody of this user is there."""
    if sys.platform == "win32" or not _HAS_LOCAL_SOCKETS:
        return await dial_port(profile)
    return Channel(*await asyncio.open_unix_connection(str(profile.socket_path), limit=LINE_LIMIT))


async def _listen_local(profile: Profile, arrived: Arrived) -> asyncio.Server:
    if sys.platform == "win32":
        raise OSError("no local sockets")
    path = profile.socket_path
    make_private(path.parent)
    path.unlink(missing_ok=True)  # we own the profile: whoever made it is dead

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        channel = Channel(reader, writer)
        arrived(channel) if _is_ours(writer.get_extra_info("socket")) else channel.abort()

    door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        os.fchmod(door.fileno(), _FILE_MODE)  # on Linux the file is born with these rights
        door.bind(str(path))
        path.chmod(_FILE_MODE)
        return await asyncio.start_unix_server(connected, sock=door, limit=LINE_LIMIT)
    except BaseException:  # whatever ended it, the socket is closed; it is raised on
        door.close()
        raise


def _is_ours(peer: socket.socket) -> bool:
    """Whether the caller is this user; where the kernel does not say it, the folder's rights decide."""
    kind = getattr(socket, "SO_PEERCRED", None)
    if kind is None:
        return True
    _, uid, _ = _PEER.unpack(peer.getsockopt(socket.SOL_SOCKET, kind, _PEER.size))
    return bool(uid == user_number())


async def listen_on_port(profile: Profile, arrived: Arrived) -> asyncio.Server:
    """Listen on a free port of 127.0.0.1 and write port and key into the profile."""
    key = secrets.token_bytes(32)
    tasks: set[asyncio.Task[None]] = set()

    async def greet(channel: Channel) -> None:
        try:
            await _prove_owner(channel, key)
        except (ChannelClosed, TimeoutError):
            channel.abort()
        else:
            arrived(channel)

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(greet(Channel(reader, writer)))
        tasks.add(task)  # a task that nobody holds may be collected
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(connected, "127.0.0.1", 0, limit=LINE_LIMIT)
    _write_private(profile, {"port": server.sockets[0].getsockname()[1], "key": key.hex()})
    return server


async def dial_port(profile: Profile) -> Channel:
    """Call the owner at the port it wrote down. Raises `OSError` or `ValueError`, also for a stranger on that port."""
    found = json.loads(profile.endpoint_path.read_bytes())
    if not isinstance(found, dict):
        raise ValueError("no endpoint")  # noqa: TRY004 - the one error of a file that is not ours
    key = bytes.fromhex(str(found.get("key")))
    channel = Channel(*await asyncio.open_connection("127.0.0.1", int(found.get("port", 0)), limit=LINE_LIMIT))
    try:
        await _prove_caller(channel, key)
    except BaseException as error:  # as above
        channel.abort()
        if isinstance(error, TimeoutError):
            raise ChannelClosed("no owner of this profile") from error
        raise
    return channel


async def _prove_owner(channel: Channel, key: bytes) -> None:
    """The owner proves itself first: a caller says nothing to a stranger."""
    theirs = str((await channel.receive(_PROOF_WAIT)).get("nonce"))
    ours = secrets.token_hex(32)
    await channel.send({"proof": _proof(key, "owner", theirs), "nonce": ours})
    answer = await channel.receive(_PROOF_WAIT)
    if not hmac.compare_digest(str(answer.get("proof")).encode(), _proof(key, "caller", ours).encode()):
        raise ChannelClosed("not of this profile")


async def _prove_caller(channel: Channel, key: bytes) -> None:
    ours = secrets.token_hex(32)
    await channel.send({"nonce": ours})
    answer = await channel.receive(_PROOF_WAIT)
    if not hmac.compare_digest(str(answer.get("proof")).encode(), _proof(key, "owner", ours).encode()):
        raise ChannelClosed("not of this profile")
    await channel.send({"proof": _proof(key, "caller", str(answer.get("nonce")))})


def _proof(key: bytes, who: str, nonce: str) -> str:
    return hmac.new(key, f"{who} {nonce}".encode(), hashlib.sha256).hexdigest()


def _write_private(profile: Profile, content: dict[str, object]) -> None:
    """Whole or not at all, and nobody else's to read."""
    path = profile.endpoint_path
    draft = path.with_suffix(".new")
    with suppress(FileNotFoundError):
        draft.unlink()
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE)
    with os.fdopen(file, "w", encoding="ascii") as out:
        json.dump(content, out)
    draft.replace(path)
