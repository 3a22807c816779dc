"""What the tests of the Fyers simulator share: a signed-in client over real sockets and short ways to ask."""

import base64
import hashlib
import json
from typing import Any, Final

import httpx

from app.simulators.fyers.people import fyers_users
from app.simulators.fyers.server import FyersSimulator

ASHA: Final = fyers_users()[0]
SBIN: Final = "NSE:SBIN-EQ"


def app_id_hash(app_id: str = ASHA.api_key, secret: str = ASHA.api_secret) -> str:
    return hashlib.sha256(f"{app_id}:{secret}".encode()).hexdigest()


def new_client(simulator: FyersSimulator) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=simulator.base_url, trust_env=False, timeout=30, headers={"User-Agent": "test"})


async def exchange(client: httpx.AsyncClient, grant: str, **changes: Any) -> httpx.Response:
    body = {"grant_type": "authorization_code", "appIdHash": app_id_hash(), "code": grant} | changes
    return await client.post("/api/v3/validate-authcode", json=body)


async def signed_in(simulator: FyersSimulator, client: httpx.AsyncClient) -> str:
    """Exchange an auth code, put the access token into the client's headers and return it."""
    answer = await exchange(client, simulator.controls.auth_code(ASHA.client_id))
    token = str(ok(answer)["access_token"])
    client.headers["Authorization"] = f"{ASHA.api_key}:{token}"
    return token


def ok(answer: httpx.Response) -> Any:
    """The whole body of a success."""
    body = answer.json()
    assert (answer.status_code, body["s"]) == (200, "ok"), body
    return body


def error(answer: httpx.Response) -> tuple[int, int, str]:
    """(HTTP status, code, message) of a refusal."""
    body = answer.json()
    assert body["s"] == "error"
    return answer.status_code, body["code"], body["message"]


def claims(token: str) -> Any:
    """What a JWT says; its parts have no padding."""
    header, middle, signature = token.split(".")
    assert "=" not in header + middle + signature
    return json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))


def ticket(**changes: Any) -> dict[str, Any]:
    """Buy one SBIN at the market for delivery (sheet section 4.5)."""
    return {
        "symbol": SBIN,
        "qty": 1,
        "type": 2,
        "side": 1,
        "productType": "CNC",
        "limitPrice": 0,
        "stopPrice": 0,
        "validity": "DAY",
        "disclosedQty": 0,
        "offlineOrder": False,
    } | changes


async def place(client: httpx.AsyncClient, **changes: Any) -> httpx.Response:
    return await client.post("/api/v3/orders/sync", json=ticket(**changes))


async def row_of(client: httpx.AsyncClient, order_id: str) -> Any:
    """The one row of the order book with that id."""
    [row] = ok(await client.get("/api/v3/orders", params={"id": order_id}))["orderBook"]
    return row
