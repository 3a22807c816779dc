"""Fyers' endpoints, raw: who is asked what with which headers, within which limits (sections 1, 3, 4 and 7).

A 401 was seen once for a living token while other calls of the same second were answered (section 2): a no to the
session is believed after the profile said it too.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import field
from types import MappingProxyType
from typing import Final

from app.brokers import wire
from app.brokers.base import BrokerPorts
from app.brokers.fyers import quick
from app.brokers.fyers.errors import Asked, judge
from app.brokers.fyers.spec import KEY
from app.brokers.gauge import Gauge
from app.brokers.http import Deadlines, Http, Reply, Request, answered, in_header
from app.brokers.limiter import Limit, Scope, Urgency, divided
from app.brokers.packed import Packed
from app.brokers.skew import Skew
from app.domain import (
    BrokerDown,
    NoAnswer,
    NotReachable,
    OrderRejected,
    Secret,
    SessionExpired,
    TradingError,
)
from app.domain.calls import LimitUse
from app.domain.records import dataclass

_log: Final = logging.getLogger(__name__)
ROOTS: Final = MappingProxyType(
    {
        "api": "https://api-t1.fyers.in/api/v3",
        "data": "https://api-t1.fyers.in/data",
        "files": "https://public.fyers.in/sym_details",
    }
)
LIMITS: Final[Mapping[str, tuple[Limit, ...]]] = MappingProxyType(
    {  # section 7: one budget for all calls of an app, orders in it; for the files none is documented
        "api": divided(Limit(10, 1.0), Limit(200, 60.0), Limit(100_000, 86_400.0)),
        "orders": divided(Limit(10, 1.0)),  # place, modify and cancel together, whatever app they come from
        "files": (Limit(30, 1.0),),
    }
)
COUNTED_BY: Final[Mapping[str, Scope]] = MappingProxyType({"api": Scope.APP, "files": Scope.COMPUTER})
QUOTES_A_CALL: Final = 50
_LARGEST_MASTER: Final = 256 * 1024 * 1024  # unpacked; the largest file has not been measured (section 8)
_FAREWELL: Final = 5.0  # seconds a logout may take
_SURE: Final = "-8"  # "your token has expired": nothing to confirm
_ORDERS: Final = "/orders/sync"


@dataclass(frozen=True, slots=True)
class Keys:
    """What a call carries to say whose it is; App ID and token are a pair."""

    app_id: Secret
    access_token: Secret

    def headers(self) -> dict[str, str]:
        """The headers of a call with a session: no "Bearer" (section 3)."""
        pair = f"{in_header(self.app_id, 'api_key')}:{in_header(self.access_token, 'access_token')}"
        return {"Authorization": pair, "Content-Type": "application/json"}


@dataclass(slots=True)
class _Doubt:
    """Whether the broker said no to a session for certain; one probe at a time, the others wait for its answer."""

    keys: Keys | None = field(default=None, repr=False)  # of the session that is known to be dead
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)


class FyersClient:
    """One account's calls."""

    def __init__(self, ports: BrokerPorts, deadlines: Deadlines) -> None:
        self.deadlines = deadlines
        self._http = Http(
            ports,
            roots=ROOTS,
            limits=LIMITS,
            judge=judge,
            deadlines=deadlines,
            broker=KEY,
            counted_by=COUNTED_BY,
        )
        self._doubt = _Doubt()
        self._positions = quick.positions()
        self._orders = quick.orders()

    def belongs_to(self, *, app_id: Secret | None = None, client_id: str = "") -> None:
        """Whose calls these are: adapters with one app share its limits, those of one client that of orders."""
        self._http.belongs_to(app=app_id, client_id=client_id)

    def used(self) -> tuple[LimitUse, ...]:
        """See `Limiter.used`."""
        return self._http.used()

    @property
    def skew(self) -> Skew:
        """How far our clock is from theirs."""
        return self._http.skew

    async def close(self) -> None:
        """Let go of what is in flight and of connections of our own."""
        await self._http.close()

    # ---------------------------------------------------------------- reads

    async def profile(self, keys: Keys) -> object:
        """GET /profile: needs the least of all permissions."""
        return await self._read(_get("/profile", keys), keys)

    async def funds(self, keys: Keys) -> object:
        """GET /funds."""
        return await self._read(_get("/funds", keys), keys)

    async def holdings(self, keys: Keys) -> object:
        """GET /holdings."""
        return await self._read(_get("/holdings", keys), keys)

    async def positions(self, keys: Keys) -> object:
        """GET /positions."""
        return await self._read(_get("/positions", keys, decode=self._positions.decode), keys)

    async def orders(self, keys: Keys) -> object:
        """GET /orders."""
        return await self._read(_get("/orders", keys, decode=self._orders.decode), keys)

    async def order(self, keys: Keys, order_id: str) -> object:
        """GET /orders?id=."""
        return await self._read(_get("/orders", keys, Asked.ORDER_STATE, query={"id": order_id}), keys)

    async def tradebook(self, keys: Keys) -> object:
        """GET /tradebook."""
        return await self._read(_get("/tradebook", keys), keys)

    async def quotes(self, keys: Keys, tickers: Sequence[str]) -> object:
        """GET /quotes of the data paths, for at most 50 tickers."""
        query = {"symbols": ",".join(tickers)}
        return await self._read(_get("/quotes", keys, Asked.QUOTE, host="data", query=query), keys)

    async def masters(self, names: Iterable[str], gauge: Gauge, *, spare: Collection[str] = ()) -> dict[str, Packed]:
        """The instrument files of `names`, all within one deadline; they need no session.

        Those of `spare` that cannot be had are left out.
        """
        ends, files = asyncio.get_running_loop().time() + self.deadlines.master, dict[str, Packed]()
        for name in names:
            try:
                files[name] = await self._master(name, ends, gauge)
            except NoAnswer as error:
                if name not in spare:
                    raise
                _log.warning("instrument file left out name=%s kind=%s", name, error.kind)
                gauge.end()
        return files

    # ---------------------------------------------------------------- session and orders

    async def validate_authcode(self, auth_code: Secret, app_id_hash: str) -> object:
        """POST /validate-authcode, once: an auth_code is good for one try."""
        body = {"grant_type": "authorization_code", "appIdHash": app_id_hash, "code": auth_code.reveal()}
        request = Request("POST", "/validate-authcode", Asked.EXCHANGE, "api", urgency=Urgency.ORDER, body=body)
        return answered(await self._http.once(request, seconds=self.deadlines.exchange))

    async def logout(self, keys: Keys) -> object:
        """POST /logout, once."""
        request = Request("POST", "/logout", Asked.LOGOUT, "api", headers=keys.headers(), body={})
        return answered(await self._http.once(request, seconds=min(_FAREWELL, self.deadlines.exchange)))

    async def place(self, keys: Keys, form: Mapping[str, object], *, tag: str) -> Reply:
        """POST /orders/sync, once."""
        return await self._write("POST", keys, form, Asked.ORDER, tag)

    async def modify(self, keys: Keys, form: Mapping[str, object], *, order_id: str) -> Reply:
        """PATCH /orders/sync, once."""
        return await self._write("PATCH", keys, form, Asked.CHANGE, order_id)

    async def cancel(self, keys: Keys, order_id: str) -> Reply:
        """DELETE /orders/sync with its body, once: without one nothing is named, and that is refused (section 4)."""
        return await self._write("DELETE", keys, {"id": order_id}, Asked.CHANGE, order_id)

    async def _write(self, method: str, keys: Keys, form: Mapping[str, object], asked: Asked, about: str) -> Reply:
        """An order call. A no to the session that is not confirmed is a no to this call alone."""
        request = Request(
            method,
            _ORDERS,
            asked,
            "api",
            also="orders",
            urgency=Urgency.CANCEL if method == "DELETE" else Urgency.ORDER,
            headers=keys.headers(),
            body=dict(form),
        )
        try:
            return await self._http.write(request, tag=about)
        except SessionExpired as error:
            await self._confirm_after_an_order(keys, error)
            raise OrderRejected(f"the session was not taken for the order alone: {error.detail}") from None

    # ---------------------------------------------------------------- how

    async def _master(self, name: str, ends: float, gauge: Gauge) -> Packed:
        """One file. A connection kept from the file before may be dead: asked a second time, on a new one."""
        try:
            return await self._download(name, ends, gauge)
        except (NotReachable, BrokerDown):
            if asyncio.get_running_loop().time() >= ends:
                raise
        return await self._download(name, ends, gauge)

    async def _download(self, name: str, ends: float, gauge: Gauge) -> Packed:
        request = Request(
            "GET",
            f"/{name}",
            Asked.MASTER,
            "files",
            host="files",
            largest=_LARGEST_MASTER,
            headers={"Accept": "*/*"},
        )
        seconds = max(0.0, ends - asyncio.get_running_loop().time())
        return await self._http.download(request, seconds=seconds, gauge=gauge)

    async def _read(self, request: Request, keys: Keys) -> object:
        ends = asyncio.get_running_loop().time() + self.deadlines.read
        try:
            reply = await self._http.read(request)
        except SessionExpired as error:
            try:
                async with asyncio.timeout_at(ends):
                    await self._confirm(keys, error)
                    reply = await self._again(request)
            except TimeoutError:
                raise NotReachable("no second answer about the session in time") from None
        self._doubt.keys = None
        return answered(reply)

    async def _again(self, request: Request) -> Reply:
        try:
            return await self._http.read(request)
        except SessionExpired as error:
            raise BrokerDown(f"the session is alive, but was not taken here: {error.detail}") from None

    async def _confirm(self, keys: Keys, error: SessionExpired) -> None:
        """Ask once more about the session; returns when it is alive, raises `error` when it is not."""
        async with self._doubt.asking:
            if self._doubt.keys != keys and error.broker_code != _SURE:
                try:
                    await self._http.once(_get("/profile", keys), seconds=self.deadlines.attempt)
                except SessionExpired:
                    pass
                else:
                    return
            self._doubt.keys = keys
        raise error

    async def _confirm_after_an_order(self, keys: Keys, error: SessionExpired) -> None:
        """Like `_confirm`; an open question is no no."""
        try:
            async with asyncio.timeout(self.deadlines.attempt):
                await self._confirm(keys, error)
        except SessionExpired:
            raise
        except (TradingError, TimeoutError):
            return


def _get(
    path: str,
    keys: Keys,
    asked: Asked = Asked.READ,
    *,
    host: str = "api",
    query: Mapping[str, str] | None = None,
    decode: Callable[[bytes], object] = wire.decode,
) -> Request:
    return Request("GET", path, asked, "api", host=host, headers=keys.headers(), query=query or {}, decode=decode)
