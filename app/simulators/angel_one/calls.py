"""One request of the wire, read; and which of the broker's operations it is (sections 2 and 4)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from aiohttp.web_request import BaseRequest

from app.simulators.routes import Routes

_AUTH: Final = r"/rest/auth/angelbroking"
_SECURE: Final = r"/rest/secure/angelbroking"
ROUTES: Final = Routes(
    ("POST", rf"{_AUTH}/user/v1/loginByPassword", "session"),
    ("POST", rf"{_AUTH}/jwt/v1/generateTokens", "renew"),
    ("POST", rf"{_SECURE}/user/v1/logout", "logout"),
    ("GET", rf"{_SECURE}/user/v1/getProfile", "profile"),
    ("GET", rf"{_SECURE}/user/v1/getRMS", "funds"),
    ("GET", rf"{_SECURE}/portfolio/v1/getHolding", "holdings"),
    ("GET", rf"{_SECURE}/portfolio/v1/getAllHolding", "all_holdings"),
    ("GET", rf"{_SECURE}/order/v1/getPosition", "positions"),
    ("GET", rf"{_SECURE}/order/v1/getOrderBook", "orders"),
    ("GET", rf"{_SECURE}/order/v1/details/(?P<unique_id>[^/]+)", "order"),
    ("GET", rf"{_SECURE}/order/v1/getTradeBook", "trades"),
    ("POST", rf"{_SECURE}/order/v1/placeOrder", "place_order"),
    ("POST", rf"{_SECURE}/order/v1/modifyOrder", "modify_order"),
    ("POST", rf"{_SECURE}/order/v1/cancelOrder", "cancel_order"),
    ("POST", rf"{_SECURE}/order/v1/getLtpData", "ltp"),
    ("POST", rf"{_SECURE}/order/v1/searchScrip", "search"),
    ("POST", rf"{_SECURE}/market/v1/quote/?", "quotes"),
    ("GET", r"/OpenAPI_File/files/OpenAPIScripMaster\.json", "instruments"),
)
OPERATIONS: Final = ROUTES.operations
WRITES: Final = frozenset({"place_order", "modify_order", "cancel_order"})
_BEARER: Final = "Bearer "


@dataclass(frozen=True, slots=True)
class Call:
    """What arrived. `body` is the JSON object of the request, empty when there is none or when it is something else."""

    operation: str
    method: str
    path: str
    where: Mapping[str, str]
    remote: str
    headers: Mapping[str, str] = field(repr=False)
    body: Mapping[str, Any] = field(repr=False)
    raw: bytes = field(default=b"", repr=False)

    @property
    def token(self) -> str:
        """The token of the request, empty when there is none; without "Bearer " in front it is one that nobody has."""
        given = self.headers.get("authorization", "").strip()
        if given in {"", _BEARER.strip()}:
            return ""
        return given.removeprefix(_BEARER) if given.startswith(_BEARER) else f"bare {given}"

    @property
    def api_key(self) -> str:
        """The key of the app."""
        return self.headers.get("x-privatekey", "")


async def read(request: BaseRequest) -> Call:
    """One request."""
    operation, where = ROUTES.find(request.method, request.path)
    raw = await request.read()
    return Call(
        operation=operation,
        method=request.method,
        path=request.path,
        where=where,
        remote=request.remote or "",
        headers={name.lower(): value for name, value in request.headers.items()},
        body=_object(raw),
        raw=raw,
    )


def _object(raw: bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(raw, parse_float=Decimal)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
