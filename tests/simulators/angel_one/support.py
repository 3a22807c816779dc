"""What the tests of the Angel One simulator share."""

from typing import Any, Final

import httpx

from app.simulators.angel_one.people import ANGEL_ONE_DEMO
from app.simulators.angel_one.server import AngelOneSimulator
from tests.fakes.clock import ManualClock

ME: Final = ANGEL_ONE_DEMO
LOGIN: Final = "/rest/auth/angelbroking/user/v1/loginByPassword"
RENEW: Final = "/rest/auth/angelbroking/jwt/v1/generateTokens"
FILE: Final = "/OpenAPI_File/files/OpenAPIScripMaster.json"
_ROOT: Final = "/rest/secure/angelbroking"
LOGOUT: Final = f"{_ROOT}/user/v1/logout"
PROFILE: Final = f"{_ROOT}/user/v1/getProfile"
FUNDS: Final = f"{_ROOT}/user/v1/getRMS"
HOLDINGS: Final = f"{_ROOT}/portfolio/v1/getHolding"
ALL_HOLDINGS: Final = f"{_ROOT}/portfolio/v1/getAllHolding"
POSITIONS: Final = f"{_ROOT}/order/v1/getPosition"
ORDERS: Final = f"{_ROOT}/order/v1/getOrderBook"
TRADES: Final = f"{_ROOT}/order/v1/getTradeBook"
DETAILS: Final = f"{_ROOT}/order/v1/details"
PLACE: Final = f"{_ROOT}/order/v1/placeOrder"
MODIFY: Final = f"{_ROOT}/order/v1/modifyOrder"
CANCEL: Final = f"{_ROOT}/order/v1/cancelOrder"
QUOTE: Final = f"{_ROOT}/market/v1/quote/"
LTP: Final = f"{_ROOT}/order/v1/getLtpData"
SEARCH: Final = f"{_ROOT}/order/v1/searchScrip"
ORDER: Final[dict[str, Any]] = {
    "variety": "NORMAL",
    "tradingsymbol": "RELIANCE-EQ",
    "symboltoken": "2885",
    "transactiontype": "BUY",
    "exchange": "NSE",
    "ordertype": "LIMIT",
    "producttype": "INTRADAY",
    "duration": "DAY",
    "price": "1580.0",
    "quantity": "10",
    "ordertag": "tag0001",
}


def words(text: str) -> set[str]:
    """The names of a row's fields."""
    return set(text.split())


def new_client(sim: AngelOneSimulator) -> httpx.AsyncClient:
    headers = {"X-UserType": "USER", "X-SourceID": "WEB", "X-PrivateKey": ME.api_key, "Accept": "application/json"}
    return httpx.AsyncClient(base_url=sim.base_url, trust_env=False, timeout=30, headers=headers)


async def log_in(sim: AngelOneSimulator, client: httpx.AsyncClient, **changes: Any) -> httpx.Response:
    body = {"clientcode": ME.client_id, "password": ME.pin, "totp": sim.controls.totp(ME.client_id)} | changes
    return await client.post(LOGIN, json=body)


def data(answer: httpx.Response) -> Any:
    body = answer.json()
    assert (answer.status_code, body["status"], body["message"], body["errorcode"]) == (200, True, "SUCCESS", ""), body
    return body["data"]


def error(answer: httpx.Response) -> tuple[str, str]:
    """Code and message of the standard shape (section 6.1)."""
    body = answer.json()
    assert (answer.status_code, body["status"], body["data"]) == (200, False, None), body
    return body["errorcode"], body["message"]


def gateway(answer: httpx.Response) -> tuple[str, str]:
    """The same of the gateway's shape."""
    body = answer.json()
    assert (answer.status_code, body["success"], body["data"]) == (200, False, ""), body
    return body["errorCode"], body["message"]


async def place(client: httpx.AsyncClient, **changes: Any) -> httpx.Response:
    """placeOrder; a change to None leaves the field out."""
    body = {name: value for name, value in (ORDER | changes).items() if value is not None}
    return await client.post(PLACE, json=body)


async def placed(client: httpx.AsyncClient, **changes: Any) -> Any:
    """The ids of an accepted order."""
    return data(await place(client, **changes))


async def row(client: httpx.AsyncClient, ids: Any) -> Any:
    return data(await client.get(f"{DETAILS}/{ids['uniqueorderid']}"))


async def modify(client: httpx.AsyncClient, ids: Any, **changes: Any) -> httpx.Response:
    body = {name: value for name, value in ORDER.items() if name not in {"transactiontype", "ordertag"}}
    return await client.post(MODIFY, json=body | {"orderid": ids["orderid"]} | changes)


async def cancel(client: httpx.AsyncClient, ids: Any, variety: str = "NORMAL") -> httpx.Response:
    return await client.post(CANCEL, json={"variety": variety, "orderid": ids["orderid"]})


async def waiting(client: httpx.AsyncClient, clock: ManualClock, **changes: Any) -> Any:
    """The ids of an order that rests in the market."""
    ids = await placed(client, **{"price": "1430.0"} | changes)
    clock.jump(1)
    return ids
