"""The bodies that the protocol sheet prescribes, written digit by digit; and planted secrets."""

import base64
import json
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from app.domain import IST
from tests.brokers.zerodha.wire import Raw, text

__all__ = ["Raw", "text"]

NOW: Final = datetime(2026, 11, 18, 10, 30, tzinfo=IST)  # a Wednesday, the market is open
SIX: Final = datetime(2026, 11, 19, 6, 0, tzinfo=IST)
CLIENT_ID: Final = "XA00001"


def jwt(**claims: Any) -> str:
    """Three base64url parts without padding; the signature is none."""
    parts = (json.dumps({"typ": "JWT", "alg": "HS256"}), json.dumps(claims), "not a signature")
    return ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)


def access_token(subject: str = "access_token", expires: datetime | None = SIX, **changes: Any) -> str:
    """Section 2, token lifetime: the claims of an access token."""
    claims = {
        "iss": "api.fyers.in",
        "iat": int(NOW.timestamp()),
        "nbf": int(NOW.timestamp()),
        "aud": ["x:0", "x:1", "d:1"],
        "sub": subject,
        "at_hash": "gAAAAABcanary",
        "display_name": CLIENT_ID,
        "oms": "K1",
        "hsm_key": HSM_KEY,
        "fy_id": CLIENT_ID,
        "appType": 200,
        "poa_flag": "N",
    }
    if expires is not None:
        claims["exp"] = int(expires.timestamp())
    return jwt(**(claims | changes))


# Planted secrets: none of them may ever turn up in a log, an error or a printed object.
HSM_KEY: Final = "canaryhsmkey0a1b2c3d4e5f60718293"
APP_ID: Final = "CANARYAPP1-200"
APP_SECRET: Final = "CANARYSEC2"
ACCESS_TOKEN: Final = access_token()
ISSUED_TOKEN: Final = access_token(at_hash="gAAAAABissued")
REFRESH_TOKEN: Final = access_token("refresh_token")
AUTH_CODE: Final = jwt(iss="api.login.fyers.in", sub="auth_code", uuid="canarycode", app_id="CANARYAPP1")
CANARIES: Final = (HSM_KEY, APP_ID, APP_SECRET, ACCESS_TOKEN, ISSUED_TOKEN, REFRESH_TOKEN, AUTH_CODE)


def ok(code: int = 200, message: str = "", **payload: Any) -> str:
    """Section 4: the success envelope with its named payload."""
    return text({"s": "ok", "code": code, "message": message, **payload})


def failure(code: Any, message: str, **more: Any) -> str:
    """Section 6: the error envelope."""
    return text({"s": "error", "code": code, "message": message, **more})


def profile(**changes: Any) -> dict[str, Any]:
    """Section 4.1; personal data is masked by the server."""
    return {
        "fy_id": CLIENT_ID,
        "name": "ASHA RAO",
        "display_name": None,
        "image": None,
        "email_id": "a****@example.com",
        "PAN": "XXXXX1234X",
        "mobile_number": "XXXXXX1234",
        "pin_change_date": "14-08-2026 13:57:38",
        "pwd_change_date": None,
        "totp": True,
        "pwd_to_expire": 42,
        "ddpi_enabled": False,
        "mtf_enabled": False,
    } | changes


def session(**changes: Any) -> dict[str, Any]:
    """Section 2, step 5."""
    return {"access_token": ISSUED_TOKEN, "refresh_token": REFRESH_TOKEN} | changes


def fund(number: int, title: str, equity: Any = 0, commodity: Any = 0) -> dict[str, Any]:
    """One row of section 4.2."""
    return {"id": number, "title": title, "equityAmount": equity, "commodityAmount": commodity}


FUNDS: Final = (
    fund(1, "Total Balance", Decimal("245431.6")),
    fund(2, "Utilized Amount", Decimal("145706.55")),
    fund(3, "Clear Balance", Decimal("195431.35")),
    fund(4, "Realized Profit and Loss", Decimal("761.7")),
    fund(5, "Collaterals", Decimal("50000.25")),
    fund(6, "Fund Transfer"),
    fund(7, "Receivables"),
    fund(8, "Adhoc Limit"),
    fund(9, "Limit at start of the day", Decimal("244669.9")),
    fund(10, "Available Balance", Decimal("99725.05000000002")),
)


def quote(name: str, last: Any = Decimal("1450.05"), **changes: Any) -> dict[str, Any]:
    """One row of section 4.8."""
    value = {
        "ch": Decimal("17.25"),
        "chp": Decimal("1.2"),
        "lp": last,
        "spread": Decimal("0.1"),
        "ask": Decimal("1450.1"),
        "bid": Decimal(1450),
        "open_price": Decimal(1435),
        "high_price": Decimal("1455.5"),
        "low_price": Decimal("1430.25"),
        "prev_close_price": Decimal("1432.8"),
        "atp": Decimal("1444.44"),
        "volume": 4_512_345,
        "short_name": name.partition(":")[2],
        "exchange": name.partition(":")[0],
        "description": name,
        "original_name": name,
        "symbol": name,
        "fyToken": "10100000002885",
        "tt": "1794976200",
    }
    return {"n": name, "s": "ok", "v": value | changes}
