"""Dhan's endpoints, raw: who is asked what with which headers, within which limits (sections 1, 3, 4 and 7)."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from app.brokers import wire
from app.brokers.base import BrokerPorts
from app.brokers.dhan import quick
from app.brokers.dhan.errors import Asked, judge
from app.brokers.dhan.spec import KEY
from app.brokers.gauge import Gauge
from app.brokers.http import Deadlines, Http, Reply, Request, answered, in_header
from app.brokers.limiter import Limit, Scope, Urgency, divided
from app.brokers.packed import Packed
from app.brokers.skew import Skew
from app.domain import BadCredentials, Secret
from app.domain.calls import LimitUse
from app.domain.records import dataclass

ROOTS: Final = MappingProxyType(
    {"api": "https://api.dhan.co/v2", "auth": "https://auth.dhan.co", "files": "https://images.dhan.co"}
)
DETAILED: Final = "/api-data/api-scrip-master-detailed.csv"
COMPACT: Final = "/api-data/api-scrip-master.csv"
_LARGEST_MASTER: Final = 128 * 1024 * 1024  # unpacked; 42 MB were seen (section 8)

LIMITS: Final[Mapping[str, tuple[Limit, ...]]] = MappingProxyType(
    {  # section 7; the 7,000 orders a day are counted where a restart does not forget them
        "orders": divided(Limit(10, 1.0), Limit(250, 60.0), Limit(1000, 3600.0)),
        "quotes": (Limit(1, 1.0),),
        "reads": (Limit(20, 1.0),),
        "consents": (Limit(5, 1.0), Limit(25, 86_400.0)),
        "pins": (Limit(1, 120.0),),  # a token every two minutes (section 2.3)
        "auth": (Limit(5, 1.0),),  # ours
        "files": (Limit(5, 1.0),),  # ours
    }
)
# Sections 2.3 and 7 speak of accounts and users, never of apps or addresses: all else counts for the client.
COUNTED_BY: Final[Mapping[str, Scope]] = MappingProxyType({"files": Scope.COMPUTER})


@dataclass(frozen=True, slots=True)
class Keys:
    """What a call carries to say whose it is; the client id may not be known yet."""

    client_id: str
    access_token: Secret

    def headers(self) -> dict[str, str]:
        """The headers of a call to the trading host (section 3): both spellings of the client id are in use."""
        headers = {"access-token": in_header(self.access_token, "access_token"), "Content-Type": "application/json"}
        if self.client_id:
            headers |= {"client-id": self.client_id, "dhanClientId": self.client_id}
        return headers


class DhanClient:
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

    def belongs_to(self, client_id: str) -> None:
        """Whose calls these are: adapters of one client share its limits; empty while nobody knows."""
        self._http.belongs_to(client_id=client_id)

    def used(self) -> tuple[LimitUse, ...]:
        """See `Limiter.used`."""
        return self._http.used()

    async def close(self) -> None:
        """Let go of what is in flight and of connections of our own."""
        await self._http.close()

    # ---------------------------------------------------------------- trading host

    async def profile(self, keys: Keys) -> object:
        """GET /profile."""
        return await self._get("/profile", keys)

    async def fundlimit(self, keys: Keys) -> object:
        """GET /fundlimit."""
        return await self._get("/fundlimit", keys)

    async def holdings(self, keys: Keys) -> object:
        """GET /holdings; raises `NotFound` when there are none."""
        return await self._get("/holdings", keys, Asked.HOLDINGS)

    async def positions(self, keys: Keys) -> object:
        """GET /positions."""
        return await self._get("/positions", keys, decode=self._positions.decode)

    async def orders(self, keys: Keys) -> object:
        """GET /orders."""
        return await self._get("/orders", keys, decode=self._orders.decode)

    async def order(self, keys: Keys, order_id: str) -> object:
        """GET /orders/{id}."""
        return await self._get(f"/orders/{quote(order_id, safe='')}", keys, Asked.ORDER_STATE)

    async def trades(self, keys: Keys) -> object:
        """GET /trades."""
        return await self._get("/trades", keys)

    async def addresses(self, keys: Keys) -> object:
        """GET /ip/getIP."""
        return await self._get("/ip/getIP", keys)

    async def marketfeed(self, keys: Keys, kind: str, wanted: Mapping[str, list[int]]) -> object:
        """POST /marketfeed/{kind}: a read although it is a POST; `wanted` are security ids by segment."""
        request = Request(
            "POST", f"/marketfeed/{kind}", Asked.QUOTE, "quotes", headers=keys.headers(), body=dict(wanted)
        )
        return answered(await self._http.read(request))

    async def orders_by_tag(self, keys: Keys, tag: str) -> object:
        """GET /orders/external/{correlationId}; raises `NotFound` for none, and for one that is still in transit."""
        return await self._get(f"/orders/external/{quote(tag, safe='')}", keys, Asked.ORDER_STATE)

    async def place(self, keys: Keys, form: Mapping[str, object], *, tag: str) -> Reply:
        """POST /orders, once."""
        request = Request(
            "POST", "/orders", Asked.ORDER, "orders", urgency=Urgency.ORDER, headers=keys.headers(), body=dict(form)
        )
        return await self._http.write(request, tag=tag)

    async def modify(self, keys: Keys, order_id: str, form: Mapping[str, object]) -> Reply:
        """PUT /orders/{id}, once."""
        return await self._change("PUT", keys, order_id, dict(form), Urgency.ORDER)

    async def cancel(self, keys: Keys, order_id: str) -> Reply:
        """DELETE /orders/{id}, once and without a body (section 13)."""
        return await self._change("DELETE", keys, order_id, None, Urgency.CANCEL)

    async def _change(self, method: str, keys: Keys, order_id: str, body: object, urgency: Urgency) -> Reply:
        path = f"/orders/{quote(order_id, safe='')}"
        request = Request(method, path, Asked.CHANGE, "orders", urgency=urgency, headers=keys.headers(), body=body)
        return await self._http.write(request, tag=order_id)

    async def renew_token(self, keys: Keys) -> object:
        """GET /RenewToken, once: the old token dies with the answer."""
        request = Request("GET", "/RenewToken", Asked.READ, "auth", headers=keys.headers())
        return answered(await self._http.once(request, seconds=self.deadlines.exchange))

    # ---------------------------------------------------------------- auth host

    @property
    def skew(self) -> Skew:
        """How far our clock is from theirs."""
        return self._http.skew

    def wait_for_token(self) -> float:
        """In how many seconds PIN and code may be sent."""
        return self._http.wait("pins")

    def wait_for_consent(self) -> float:
        """In how many seconds the next consent may be opened."""
        return self._http.wait("consents")

    async def generate_consent(self, client_id: str, app_id: Secret, app_secret: Secret) -> object:
        """POST /app/generate-consent."""
        query = {"client_id": client_id}
        headers = _app(app_id, app_secret)
        return await self._auth("POST", "/app/generate-consent", Asked.CONSENT, query, headers, family="consents")

    async def consume_consent(self, token_id: Secret, app_id: Secret, app_secret: Secret) -> object:
        """GET /app/consumeApp-consent."""
        return await self._auth(
            "GET", "/app/consumeApp-consent", Asked.CONSUME, {"tokenId": token_id.reveal()}, _app(app_id, app_secret)
        )

    async def generate_access_token(self, client_id: str, pin: Secret, totp: Secret) -> object:
        """POST /app/generateAccessToken; PIN and code travel in the address, Dhan takes them nowhere else."""
        query = {"dhanClientId": client_id, "pin": pin.reveal(), "totp": totp.reveal()}
        try:
            return await self._auth("POST", "/app/generateAccessToken", Asked.PIN, query, {}, family="pins")
        except BadCredentials:  # no token was made: the next try need not wait for two minutes
            self._http.give_back("pins")
            raise

    # ---------------------------------------------------------------- files

    async def master(self, path: str, gauge: Gauge) -> Packed:
        """An instrument file; raises `NotFound` when it is not there."""
        request = Request(
            "GET", path, Asked.MASTER, "files", host="files", largest=_LARGEST_MASTER, headers={"Accept": "*/*"}
        )
        return await self._http.download(request, seconds=self.deadlines.master, gauge=gauge)

    async def _get(
        self, path: str, keys: Keys, asked: Asked = Asked.READ, *, decode: Callable[[bytes], object] = wire.decode
    ) -> object:
        request = Request("GET", path, asked, "reads", headers=keys.headers(), decode=decode)
        return answered(await self._http.read(request))

    async def _auth(
        self,
        method: str,
        path: str,
        asked: Asked,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        *,
        family: str = "auth",
    ) -> object:
        whatever = asked is Asked.PIN  # section 2.3
        request = Request(method, path, asked, family, host="auth", any_status=whatever, headers=headers, query=query)
        return answered(await self._http.once(request, seconds=self.deadlines.exchange))


def _app(app_id: Secret, app_secret: Secret) -> dict[str, str]:
    return {"app_id": in_header(app_id, "api_key"), "app_secret": in_header(app_secret, "api_secret")}
