"""Between the web server and a simulated broker: answers sent, or left unsent when a fault spoke instead."""

import gzip
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import Final

from aiohttp import web
from aiohttp.web_request import BaseRequest

from app.simulators.answers import CSV, Answer

_WORTH_PACKING: Final = 256
_A_FILE: Final = 50_000  # so large are only files, in whatever form


def response(answer: Answer, request: BaseRequest, now: datetime) -> web.Response:
    """`answer`, packed when the client takes it (sheet section 3), with the date of the broker's own clock."""
    date = format_datetime(now.astimezone(UTC), usegmt=True)
    body, headers = answer.body, {"Server": "Kunji demo broker", "Date": date, **answer.headers}
    if answer.content_type is not None:
        headers["Content-Type"] = answer.content_type
    if "gzip" in request.headers.get("Accept-Encoding", "") and len(body) > _WORTH_PACKING:
        pack = _packed_once if answer.content_type == CSV or len(body) > _A_FILE else _packed
        body, headers["Content-Encoding"] = pack(body), "gzip"
    return web.Response(body=body or None, status=answer.status, headers=headers)


def _packed(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=5, mtime=0)


_packed_once: Final = lru_cache(maxsize=4)(_packed)  # for files that are asked for again and again


def head(answer: Answer) -> bytes:
    """Status line and headers, for those who write the bytes themselves."""
    kind = f"Content-Type: {answer.content_type}\r\n" if answer.content_type else ""
    return f"HTTP/1.1 {answer.status} OK\r\n{kind}Content-Length: {len(answer.body)}\r\n\r\n".encode()


class Unsent(web.StreamResponse):
    """A response of which nothing is sent: the bytes went out already, or must not go."""

    async def prepare(self, request: BaseRequest) -> None:
        """Send nothing."""

    async def write_eof(self, data: bytes = b"") -> None:
        """Send nothing."""

    @property
    def keep_alive(self) -> bool:
        """The connection is over."""
        return False
