"""One way to order at all four simulators, typed from the sheets: what is sent, how their order sockets are opened."""

import json
import ssl
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import aiohttp
import httpx

from app.simulators import DEMO, AngelOneSimulator, DhanSimulator, FyersSimulator, ZerodhaSimulator
from app.simulators.angel_one.people import ANGEL_ONE_DEMO
from app.simulators.demo import DemoUser
from app.simulators.dhan.people import DHAN_DEMO
from app.simulators.fyers.people import fyers_users
from tests.fakes.clock import ManualClock
from tests.fakes.waiting import until

Request = tuple[str, str, dict[str, Any]]
"""Verb, path, and what httpx takes besides."""


@dataclass(frozen=True)
class Want:
    """An order for RELIANCE at NSE in plain words; `kind` LIMIT, MARKET or SL, `product` CNC, MIS or MTF."""

    tag: str = "tag1"
    price: str = "1450.0"
    quantity: int = 10
    side: str = "BUY"
    kind: str = "LIMIT"
    trigger: str = "0"
    product: str = "MIS"
    validity: str = "DAY"


class Desk(ABC):
    """A client with a live token at one simulator: RELIANCE, ten of them, intraday, unless a test says otherwise."""

    sim: Any
    user: DemoUser
    socket: ClassVar[str]
    tag_field: ClassVar[str]

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.session = aiohttp.ClientSession()  # for sockets alone: it sends PUT and DELETE again by itself
        # plain HTTP only: a context that trusts nobody spares reading the machine's authorities for every test
        self.client = httpx.AsyncClient(trust_env=False, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        self.token = ""

    async def start(self) -> None:
        await self.sim.start()
        self.controls.market("open")
        self.controls.enforce_limits(yes=False)
        self.token = self.controls.replace_token(self.me)

    async def stop(self) -> None:
        await self.session.close()
        await self.client.aclose()
        await self.sim.stop()

    @property
    def controls(self) -> Any:
        return self.sim.controls

    @property
    def me(self) -> str:
        return self.user.client_id

    @property
    @abstractmethod
    def headers(self) -> Mapping[str, str]: ...
    @abstractmethod
    def ordering(self, want: Want) -> Request: ...
    @abstractmethod
    def modifying(self, order_id: str, price: str) -> Request: ...
    @abstractmethod
    def cancelling(self, order_id: str) -> Request: ...

    def placing(self, tag: str, price: str, quantity: int) -> Request:
        return self.ordering(Want(tag, price, quantity))

    async def ask(self, request: Request, seconds: float = 10) -> Any:
        """The JSON of the answer; what httpx raises when there is none."""
        verb, path, more = request
        url = f"{self.sim.base_url}{path}"
        answer = await self.client.request(verb, url, headers=dict(self.headers), timeout=seconds, **more)
        return answer.json()

    async def place(self, tag: str = "tag1", price: str = "1450.0", **more: Any) -> str:
        """The id that the book gave the order."""
        await self.ask(self.ordering(Want(tag, price, **more)))
        return str(self.sim.order_calls[-1].booked[0])

    async def resting(self, tag: str = "tag1") -> str:
        """The id of an order that waits in the market."""
        order_id = await self.place(tag)
        self.clock.jump(1)
        assert self.controls.booked(self.me)[-1].status == "OPEN"
        return order_id

    # ------------------------------------------------------------------ the socket

    @property
    def socket_headers(self) -> Mapping[str, str]:
        return {}

    @property
    def socket_query(self) -> str:
        return ""

    async def connect(self, *, ready: bool = True) -> aiohttp.ClientWebSocketResponse:
        """An open order socket; `ready` says hello as the sheet wants it."""
        url = f"ws{self.sim.base_url.removeprefix('http')}{self.socket}{self.socket_query}"
        line = await self.session.ws_connect(url, headers=self.socket_headers, autoping=False)
        if ready:
            before = self.controls.listening(self.me)
            await self.greet(line)
            await until(lambda: self.controls.listening(self.me) >= max(before, 1))
        return line

    async def greet(self, line: aiohttp.ClientWebSocketResponse) -> None:
        """What comes before the first news: nothing, where a test does not say more."""
        assert not line.closed

    async def news(self, line: aiohttp.ClientWebSocketResponse, number: int) -> list[Any]:
        """The next so many messages, read as JSON."""
        return [json.loads((await line.receive(10)).data) for _ in range(number)]


class ZerodhaDesk(Desk):
    socket = "/ws.kite.trade"
    tag_field = "tag"

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(clock)
        self.sim, self.user = ZerodhaSimulator(clock=clock), DEMO

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Authorization": f"token {DEMO.api_key}:{self.token}"}

    @property
    def socket_query(self) -> str:
        return f"?api_key={DEMO.api_key}&access_token={self.token}"

    def ordering(self, want: Want) -> Request:
        form = {"exchange": "NSE", "tradingsymbol": "RELIANCE", "transaction_type": want.side, "order_type": want.kind}
        more = {"quantity": str(want.quantity), "product": want.product, "tag": want.tag, "validity": want.validity}
        prices = {"price": want.price, "trigger_price": want.trigger}
        used = {"LIMIT": {"price"}, "SL": set(prices), "MARKET": set()}[want.kind]
        protection = {"market_protection": "-1"} if want.kind == "MARKET" else {}
        kept = {name: value for name, value in prices.items() if name in used}
        return "POST", "/orders/regular", {"data": form | more | kept | protection}

    def modifying(self, order_id: str, price: str) -> Request:
        return "PUT", f"/orders/regular/{order_id}", {"data": {"price": price}}

    def cancelling(self, order_id: str) -> Request:
        return "DELETE", f"/orders/regular/{order_id}", {}


class DhanDesk(Desk):
    socket = "/api-order-update.dhan.co"
    tag_field = "correlationId"

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(clock)
        self.sim, self.user = DhanSimulator(clock=clock), DHAN_DEMO

    @property
    def headers(self) -> Mapping[str, str]:
        return {"access-token": self.token, "client-id": self.me}

    async def greet(self, line: aiohttp.ClientWebSocketResponse) -> None:
        login = {"MsgCode": 42, "ClientId": self.me, "Token": self.token}
        await line.send_json({"LoginReq": login, "UserType": "SELF"})

    def ordering(self, want: Want) -> Request:
        order = {"dhanClientId": self.me, "correlationId": want.tag, "transactionType": want.side, "securityId": "2885"}
        product = {"CNC": "CNC", "MIS": "INTRADAY", "MTF": "MTF"}[want.product]
        kind = {"LIMIT": "LIMIT", "MARKET": "MARKET", "SL": "STOP_LOSS"}[want.kind]
        words = {"exchangeSegment": "NSE_EQ", "productType": product, "orderType": kind, "validity": want.validity}
        price = 0.0 if want.kind == "MARKET" else float(want.price)
        numbers = {"quantity": want.quantity, "price": price, "triggerPrice": float(want.trigger)}
        return "POST", "/v2/orders", {"json": order | words | numbers}

    def modifying(self, order_id: str, price: str) -> Request:
        order = {"dhanClientId": self.me, "orderId": order_id, "orderType": "LIMIT", "validity": "DAY"}
        return "PUT", f"/v2/orders/{order_id}", {"json": order | {"price": float(price)}}

    def cancelling(self, order_id: str) -> Request:
        return "DELETE", f"/v2/orders/{order_id}", {}


class FyersDesk(Desk):
    socket = "/socket.fyers.in/trade/v3"
    tag_field = "orderTag"

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(clock)
        self.sim, self.user = FyersSimulator(clock=clock), fyers_users()[0]

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Authorization": f"{self.user.api_key}:{self.token}"}

    @property
    def socket_headers(self) -> Mapping[str, str]:
        return {"authorization": f"{self.user.api_key}:{self.token}"}

    async def greet(self, line: aiohttp.ClientWebSocketResponse) -> None:
        await line.send_json({"T": "SUB_ORD", "SLIST": ["orders"], "SUB_T": 1})
        [answer] = await self.news(line, 1)
        assert answer["code"] == 1605

    def ordering(self, want: Want) -> Request:
        kind, side = {"LIMIT": 1, "MARKET": 2, "SL": 4}[want.kind], 1 if want.side == "BUY" else -1
        product = {"CNC": "CNC", "MIS": "INTRADAY", "MTF": "MTF"}[want.product]
        order = {"symbol": "NSE:RELIANCE-EQ", "qty": want.quantity, "type": kind, "side": side, "productType": product}
        price = 0.0 if want.kind == "MARKET" else float(want.price)
        rest = {"limitPrice": price, "stopPrice": float(want.trigger), "validity": want.validity, "disclosedQty": 0}
        return "POST", "/api/v3/orders/sync", {"json": order | rest | {"offlineOrder": False, "orderTag": want.tag}}

    def modifying(self, order_id: str, price: str) -> Request:
        return "PATCH", "/api/v3/orders/sync", {"json": {"id": order_id, "type": 1, "limitPrice": float(price)}}

    def cancelling(self, order_id: str) -> Request:
        return "DELETE", "/api/v3/orders/sync", {"json": {"id": order_id}}


class AngelOneDesk(Desk):
    socket = "/tns.angelone.in/smart-order-update"
    tag_field = "ordertag"
    _path: ClassVar[str] = "/rest/secure/angelbroking/order/v1"

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(clock)
        self.sim, self.user = AngelOneSimulator(clock=clock), ANGEL_ONE_DEMO

    @property
    def headers(self) -> Mapping[str, str]:
        key = {"X-UserType": "USER", "X-SourceID": "WEB", "X-PrivateKey": self.user.api_key}
        return key | {"Authorization": f"Bearer {self.token}"}

    @property
    def socket_headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def greet(self, line: aiohttp.ClientWebSocketResponse) -> None:
        [first] = await self.news(line, 1)
        assert (first["order-status"], first["orderData"]) == ("AB00", {})

    def ordering(self, want: Want) -> Request:
        product = {"CNC": "DELIVERY", "MIS": "INTRADAY", "MTF": "MARGIN"}[want.product]
        words = {"transactiontype": want.side, "ordertag": want.tag, "producttype": product, "duration": want.validity}
        kind = {"ordertype": want.kind}
        if want.kind == "SL":
            kind = {"ordertype": "STOPLOSS_LIMIT", "variety": "STOPLOSS", "triggerprice": want.trigger}
        price = "0" if want.kind == "MARKET" else want.price
        order = self._order(price, want.quantity) | words | kind
        return "POST", f"{self._path}/placeOrder", {"json": order}

    def modifying(self, order_id: str, price: str) -> Request:
        return "POST", f"{self._path}/modifyOrder", {"json": self._order(price, 10) | {"orderid": order_id}}

    def cancelling(self, order_id: str) -> Request:
        return "POST", f"{self._path}/cancelOrder", {"json": {"variety": "NORMAL", "orderid": order_id}}

    @staticmethod
    def _order(price: str, quantity: int) -> dict[str, str]:
        words = {"variety": "NORMAL", "exchange": "NSE", "ordertype": "LIMIT", "producttype": "INTRADAY"}
        what = {"tradingsymbol": "RELIANCE-EQ", "symboltoken": "2885", "duration": "DAY"}
        return words | what | {"price": price, "quantity": str(quantity)}


DESKS: Final[dict[str, type[Desk]]] = {
    "zerodha": ZerodhaDesk,
    "dhan": DhanDesk,
    "fyers": FyersDesk,
    "angel_one": AngelOneDesk,
}
