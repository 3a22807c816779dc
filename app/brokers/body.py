"""What an answer over HTTP consists of: its headers by name, and its body unpacked and no longer than was allowed."""

import zlib
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import TYPE_CHECKING, Final, cast

from app.brokers.packed import Packed
from app.domain import NotReachable, WireSurprise

if TYPE_CHECKING:
    import httpx

_PIECE: Final = 256 * 1024  # unpacked at once
_GZIP: Final = 31  # zlib's word for "a gzip header is expected"


def headers_of(response: "httpx.Response") -> dict[str, str]:
    """The headers by their names in lower case; one that came twice, joined."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers.raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


async def body_of(response: "httpx.Response", headers: Mapping[str, str], largest: int, into: Packed | None) -> bytes:
    """The whole body, unpacked, at most `largest` bytes; raises `WireSurprise` beyond or for a strange coding.

    It goes `into` the packed store, and nothing is returned, when there is one.
    """
    coding = headers.get("content-encoding", "").strip().lower()
    if coding not in ("", "identity", "gzip"):
        raise WireSurprise("a content coding that was not asked for")
    unpack = _Gunzip() if coding == "gzip" else None
    body, size, came = bytearray(), 0, 0
    if into:
        into.begin(headers.get("content-length", ""))
    async for chunk in cast("AsyncIterator[bytes]", response.stream):  # aiter_raw adds nothing but time to ours
        came += len(chunk)
        if into:
            into.reach(came)
        for piece in unpack.pieces(chunk) if unpack else (chunk,):
            size += len(piece)
            if size > largest:
                raise WireSurprise(f"an answer of more than {largest} bytes")
            into.write(piece) if into else body.extend(piece)
    if unpack and not unpack.whole:
        raise NotReachable("the packed answer is not complete")
    return bytes(body)


class _Gunzip:
    """Unpacks in pieces, so that a bomb is noticed before it has gone off."""

    def __init__(self) -> None:
        self._unpack = zlib.decompressobj(_GZIP)
        self._begun = False

    @property
    def whole(self) -> bool:
        """Whether the packed body came to its end; no body at all is whole."""
        return self._unpack.eof or not self._begun

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """What `chunk` holds; raises `NotReachable` when it is no gzip."""
        self._begun = True
        try:
            while chunk:
                yield self._unpack.decompress(chunk, _PIECE)
                chunk = self._unpack.unconsumed_tail
        except zlib.error:
            raise NotReachable("the packed answer is broken") from None
