"""What the tests of the Dhan simulator share."""

from typing import Any

import httpx

from app.simulators.dhan.people import DHAN_DEMO
from app.simulators.dhan.server import DhanSimulator

ME = DHAN_DEMO
APP = {"app_id": ME.api_key, "app_secret": ME.api_secret}
ORDER: dict[str, Any] = {
    "dhanClientId": ME.client_id,
    "correlationId": "tag-0001",
    "transactionType": "BUY",
    "exchangeSegment": "NSE_EQ",
    "productType": "INTRADAY",
    "orderType": "LIMIT",
    "validity": "DAY",
    "securityId": "2885",
    "quantity": 10,
    "price": 1580.0,
}
NO_IP = (400, "DH-905", "Invalid IP")


def new_client(sim: DhanSimulator) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=sim.base_url, trust_env=False, timeout=30)


def data(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


def error(answer: httpx.Response) -> tuple[int, str, str]:
    """Status, code and message of the envelope of trading calls (section 6.1)."""
    body = answer.json()
    assert set(body) == {"errorType", "errorCode", "errorMessage"}
    return answer.status_code, body["errorCode"], body["errorMessage"]


async def place(client: httpx.AsyncClient, **changes: Any) -> httpx.Response:
    """POST /v2/orders; a change to None leaves the field out."""
    body = {name: value for name, value in (ORDER | changes).items() if value is not None}
    return await client.post("/v2/orders", json=body)


async def placed(client: httpx.AsyncClient, **changes: Any) -> str:
    return str(data(await place(client, **changes))["orderId"])


async def row(client: httpx.AsyncClient, order_id: str) -> dict[str, Any]:
    [order] = data(await client.get(f"/v2/orders/{order_id}"))
    assert isinstance(order, dict)
    return order
