"""What the simulator's tests share: a signed-in client over real sockets, and a raw one that sees how a line breaks."""

import asyncio
import hashlib
import json
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from app.simulators import DEMO, ZerodhaSimulator


def checksum(api_key: str, request_token: str, api_secret: str) -> str:
    return hashlib.sha256(f"{api_key}{request_token}{api_secret}".encode()).hexdigest()


def new_client(simulator: ZerodhaSimulator) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=simulator.base_url, trust_env=False, timeout=30)


async def exchange(client: httpx.AsyncClient, request_token: str, secret: str = DEMO.api_secret) -> httpx.Response:
    form = {
        "api_key": DEMO.api_key,
        "request_token": request_token,
        "checksum": checksum(DEMO.api_key, request_token, secret),
    }
    return await client.post("/session/token", data=form)


async def signed_in(simulator: ZerodhaSimulator, client: httpx.AsyncClient) -> str:
    """Exchange a request token, put the access token into the client's headers and return it."""
    answer = await exchange(client, simulator.controls.request_token(DEMO.client_id))
    token = str(answer.json()["data"]["access_token"])
    client.headers["Authorization"] = f"token {DEMO.api_key}:{token}"
    return token


def data(answer: httpx.Response) -> Any:
    body = answer.json()
    assert answer.status_code == 200, body
    assert body["status"] == "success"
    return body["data"]


def error(answer: httpx.Response) -> tuple[int, str | None, str]:
    body = answer.json()
    assert body["status"] == "error"
    return answer.status_code, body.get("error_type"), body["message"]


@dataclass(frozen=True)
class Heard:
    """What came over a raw connection and how it ended: "closed", "reset", "silent" or "refused"."""

    raw: bytes
    end: str

    @property
    def head(self) -> bytes:
        return self.raw.partition(b"\r\n\r\n")[0]

    @property
    def body(self) -> bytes:
        return self.raw.partition(b"\r\n\r\n")[2]

    @property
    def status(self) -> int:
        return int(self.raw.split(b" ", 2)[1]) if self.raw.startswith(b"HTTP/1.1 ") else 0

    @property
    def headers(self) -> dict[str, str]:
        pairs = (line.decode().partition(":") for line in self.head.split(b"\r\n")[1:])
        return {name.lower(): value.strip() for name, _, value in pairs}

    @property
    def json(self) -> Any:
        return json.loads(self.body)


async def ask(
    url: str, path: str, *, token: str = "", patience: float = 10, tls: ssl.SSLContext | None = None
) -> Heard:
    """One GET by hand, listening until the line ends or stays silent for `patience` seconds."""
    parts = urlsplit(url)
    try:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port, ssl=tls)
    except ConnectionRefusedError:  # an answer like any other here
        return Heard(b"", "refused")
    authorization = f"Authorization: token {DEMO.api_key}:{token}\r\n" if token else ""
    writer.write(f"GET {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n{authorization}\r\n".encode())
    try:
        return await _listen(reader, patience)
    finally:
        writer.transport.abort()


async def _listen(reader: asyncio.StreamReader, patience: float) -> Heard:
    raw = b""
    while True:
        try:
            piece = await asyncio.wait_for(reader.read(65536), patience)
        except TimeoutError:
            return Heard(raw, "silent")
        except ConnectionResetError:
            return Heard(raw, "reset")
        if not piece:
            return Heard(raw, "closed")
        raw += piece
