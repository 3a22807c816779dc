"""Angel One's endpoints, raw: who is asked what with which headers, within which limits (sections 1, 3, 4 and 7)."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote

from app.brokers import wire
from app.brokers.angel_one import quick
from app.brokers.angel_one.errors import Asked, judge
from app.brokers.angel_one.spec import KEY
from app.brokers.base import BrokerPorts
from app.brokers.gauge import Gauge
from app.brokers.http import Deadlines, Http, Reply, Request, answered, in_header
from app.brokers.limiter import Limit, Scope, Urgency, divided
from app.brokers.packed import Packed
from app.brokers.skew import Skew
from app.domain import Secret, WireSurprise
from app.domain.calls import LimitUse
from app.domain.records import dataclass

ROOTS: Final = MappingProxyType(
    {"api": "https://apiconnect.angelone.in", "files": "https://margincalculator.angelone.in"}
)
MASTER: Final = "/OpenAPI_File/files/OpenAPIScripMaster.json"
_LOGIN: Final = "/rest/auth/angelbroking/user/v1/loginByPassword"
_RENEW: Final = "/rest/auth/angelbroking/jwt/v1/generateTokens"
_SECURE: Final = "/rest/secure/angelbroking"
_LARGEST_MASTER: Final = 128 * 1024 * 1024  # 35 MB were seen (section 8)
_FAREWELL: Final = 5.0  # seconds that a logout may take
_BEARER: Final = "bearer"

_POLL: Final = (Limit(1, 1.0),)
_URGENCY: Final[Mapping[Asked, Urgency]] = MappingProxyType(
    {
        Asked.CANCEL: Urgency.CANCEL,
        Asked.ORDER: Urgency.ORDER,
        Asked.CHANGE: Urgency.ORDER,
        Asked.LOGIN: Urgency.ORDER,
    }
)
LIMITS: Final[Mapping[str, tuple[Limit, ...]]] = MappingProxyType(
    {  # section 7: each path by itself, the order calls together
        "login": (Limit(1, 1.0),),
        "renew": (Limit(1, 1.0), Limit(1000, 3600.0)),
        "logout": (Limit(1, 1.0),),
        "profile": (Limit(3, 1.0), Limit(1000, 3600.0)),
        "funds": (Limit(2, 1.0),),
        "orders": divided(Limit(9, 1.0), Limit(500, 60.0), Limit(1000, 3600.0)),
        "order_book": _POLL,
        "trade_book": _POLL,
        "positions": _POLL,
        "holdings": _POLL,
        "details": (Limit(10, 1.0), Limit(500, 60.0), Limit(5000, 3600.0)),
        "quotes": (Limit(1, 1.0), Limit(500, 60.0), Limit(5000, 3600.0)),  # the page says 1, the table 10
        "files": (Limit(2, 1.0),),  # ours
    }
)
# Section 7: "per client code, over all keys and devices".
COUNTED_BY: Final[Mapping[str, Scope]] = MappingProxyType({"files": Scope.COMPUTER})

# What the documentation wants to know beside the key; none of it is checked, an order's source is seen on the packets.
# We name this computer as it calls itself, nobody else's address, and no hardware (a locally administered one).
_ORIGIN: Final = MappingProxyType(
    {
        "X-UserType": "USER",
        "X-SourceID": "WEB",
        "X-ClientLocalIP": "127.0.0.1",
        "X-ClientPublicIP": "127.0.0.1",
        "X-MACAddress": "02:00:00:00:00:00",
    }
)


@dataclass(frozen=True, slots=True)
class Keys:
    """What a call carries to say whose it is; no token yet at the sign-in."""

    api_key: Secret
    access_token: Secret = Secret()

    def headers(self) -> dict[str, str]:
        """The headers of section 3."""
        headers = {**_ORIGIN, "Content-Type": "application/json", "X-PrivateKey": in_header(self.api_key, "api_key")}
        if self.access_token:
            headers["Authorization"] = f"Bearer {in_header(bare(self.access_token), 'access_token')}"
        return headers


def bare(token: Secret) -> Secret:
    """`token` without the "Bearer " that the official SDK puts before its copy (section 2.1)."""
    word, _, rest = token.reveal().partition(" ")
    return Secret(rest) if word.lower() == _BEARER else token


class AngelClient:
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
        self._positions = quick.positions()
        self._orders = quick.orders()

    def belongs_to(self, client_code: str) -> None:
        """Whose calls these are: adapters of one client share its limits; empty while nobody knows."""
        self._http.belongs_to(client_id=client_code)

    def used(self) -> tuple[LimitUse, ...]:
        """See `Limiter.used`."""
        return self._http.used()

    async def close(self) -> None:
        """Let go of what is in flight and of connections of our own."""
        await self._http.close()

    # ---------------------------------------------------------------- session

    @property
    def skew(self) -> Skew:
        """How far our clock is from theirs."""
        return self._http.skew

    def wait_for_login(self) -> float:
        """In how many seconds the next sign-in may be sent."""
        return self._http.wait("login", Urgency.ORDER)

    async def login(self, keys: Keys, client_code: str, pin: Secret, totp: Secret) -> object:
        """POST loginByPassword, once."""
        body = {"clientcode": client_code, "password": pin.reveal(), "totp": totp.reveal()}
        request = _post(keys, _LOGIN, Asked.LOGIN, "login", body)
        return data_of(await self._http.once(request, seconds=self.deadlines.exchange))

    async def renew(self, keys: Keys, refresh_token: Secret) -> object:
        """POST generateTokens, once: the old token may die with the answer (section 2.1, flow C)."""
        request = _post(keys, _RENEW, Asked.READ, "renew", {"refreshToken": refresh_token.reveal()})
        return data_of(await self._http.once(request, seconds=self.deadlines.exchange))

    async def logout(self, keys: Keys, client_code: str) -> None:
        """POST logout, once; its data is a text that says nothing more."""
        request = _post(keys, f"{_SECURE}/user/v1/logout", Asked.READ, "logout", {"clientcode": client_code})
        data_of(await self._http.once(request, seconds=min(_FAREWELL, self.deadlines.exchange)))

    async def profile(self, keys: Keys) -> object:
        """GET getProfile."""
        return await self._get(keys, "/user/v1/getProfile", "profile")

    async def profile_once(self, keys: Keys) -> object:
        """GET getProfile, once."""
        request = _get(keys, "/user/v1/getProfile", Asked.READ, "profile")
        return data_of(await self._http.once(request, seconds=self.deadlines.attempt))

    # ---------------------------------------------------------------- reads

    async def rms(self, keys: Keys) -> object:
        """GET getRMS."""
        return await self._get(keys, "/user/v1/getRMS", "funds")

    async def positions(self, keys: Keys) -> object:
        """GET getPosition; raises `NotFound` when there are none."""
        return await self._get(keys, "/order/v1/getPosition", "positions", Asked.LIST, decode=self._positions.decode)

    async def holdings(self, keys: Keys) -> object:
        """GET getHolding; raises `NotFound` when there are none."""
        return await self._get(keys, "/portfolio/v1/getHolding", "holdings", Asked.LIST)

    async def order_book(self, keys: Keys) -> object:
        """GET getOrderBook; raises `NotFound` when there are none."""
        return await self._get(keys, "/order/v1/getOrderBook", "order_book", Asked.LIST, decode=self._orders.decode)

    async def trade_book(self, keys: Keys) -> object:
        """GET getTradeBook; raises `NotFound` when there are none."""
        return await self._get(keys, "/order/v1/getTradeBook", "trade_book", Asked.LIST)

    async def details(self, keys: Keys, unique_id: str) -> object:
        """GET details/{uniqueorderid}: not the order id."""
        return await self._get(keys, f"/order/v1/details/{quote(unique_id, safe='')}", "details", Asked.ORDER_STATE)

    async def quote(self, keys: Keys, body: Mapping[str, Any]) -> object:
        """POST quote: a read although it is a POST."""
        request = _post(keys, f"{_SECURE}/market/v1/quote/", Asked.QUOTE, "quotes", body)
        return data_of(await self._http.read(request))

    # ---------------------------------------------------------------- orders, files

    async def place(self, keys: Keys, form: Mapping[str, str], *, tag: str) -> Reply:
        """POST placeOrder, once."""
        return await self._write(keys, "placeOrder", Asked.ORDER, form, tag)

    async def modify(self, keys: Keys, form: Mapping[str, str]) -> Reply:
        """POST modifyOrder, once."""
        return await self._write(keys, "modifyOrder", Asked.CHANGE, form, form["orderid"])

    async def cancel(self, keys: Keys, form: Mapping[str, str]) -> Reply:
        """POST cancelOrder, once."""
        return await self._write(keys, "cancelOrder", Asked.CANCEL, form, form["orderid"])

    async def _write(self, keys: Keys, call: str, asked: Asked, form: Mapping[str, str], about: str) -> Reply:
        return await self._http.write(_post(keys, f"{_SECURE}/order/v1/{call}", asked, "orders", form), tag=about)

    async def master(self, gauge: Gauge) -> Packed:
        """The instrument file; no session, no key."""
        request = Request(
            "GET", MASTER, Asked.MASTER, "files", host="files", largest=_LARGEST_MASTER, headers={"Accept": "*/*"}
        )
        return await self._http.download(request, seconds=self.deadlines.master, gauge=gauge)

    async def _get(
        self,
        keys: Keys,
        path: str,
        family: str,
        asked: Asked = Asked.READ,
        *,
        decode: Callable[[bytes], object] = wire.decode,
    ) -> object:
        return data_of(await self._http.read(_get(keys, path, asked, family, decode)))


def data_of(reply: Reply) -> object:
    """The `data` of an answer that was judged a success; null is for the mapping to judge."""
    answer = answered(reply)
    if not isinstance(answer, dict) or "data" not in answer:
        raise WireSurprise("an answer without data")
    return answer["data"]


def _get(keys: Keys, path: str, asked: Asked, family: str, decode: Callable[[bytes], object] = wire.decode) -> Request:
    return Request("GET", _SECURE + path, asked, family, headers=keys.headers(), decode=decode)


def _post(keys: Keys, path: str, asked: Asked, family: str, body: Mapping[str, Any]) -> Request:
    urgency = _URGENCY.get(asked, Urgency.POLL)
    return Request("POST", path, asked, family, urgency=urgency, headers=keys.headers(), body=dict(body))
