"""The bodies that the protocol sheet prescribes, written digit by digit.

`text` writes a Decimal with exactly the digits it was typed with, so that the binary noise of the broker's floats
(sheet section 4: "floats come with binary noise") stands in the answer as it was typed in the test.
"""

import json
from decimal import Decimal
from typing import Any, Final

# Planted secrets: none of them may ever turn up in a log, an error or a printed object.
API_KEY: Final = "canarykey0a1b2c3"
API_SECRET: Final = "canarysecret4d5e6f7g8h9i0j1k2l3m"
ACCESS_TOKEN: Final = "canarytoken7n8o9p0q1r2s3t4u5v6w7"
REQUEST_TOKEN: Final = "canaryrequest8x9y0z1a2b3c4d5e6f7"
ISSUED_TOKEN: Final = "canaryissued1g2h3i4j5k6l7m8n9o0p"
PUBLIC_TOKEN: Final = "canarypublic3q4r5s6t7u8v9w0x1y2z"
ENC_TOKEN: Final = "canaryenctoken5a6b7c8d9e0f1g2h3i"
CANARIES: Final = (API_KEY, API_SECRET, ACCESS_TOKEN, REQUEST_TOKEN, ISSUED_TOKEN, PUBLIC_TOKEN, ENC_TOKEN)

CLIENT_ID: Final = "AB1234"


class Raw(str):
    """JSON text that is written as it stands (NaN, 1e400, a key that comes twice)."""

    __slots__ = ()


def text(value: Any) -> str:
    """`value` as JSON; Decimals with their own digits."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(text(item) for item in value) + "]"
    return str(value) if isinstance(value, Decimal) else json.dumps(value)


def success(data: Any) -> str:
    """Section 4: the success envelope."""
    return text({"status": "success", "data": data})


def failure(error_type: str, message: str) -> str:
    """Section 6: the error envelope."""
    return text({"status": "error", "message": message, "data": None, "error_type": error_type})


def profile(**changes: Any) -> dict[str, Any]:
    """Section 4, GET /user/profile."""
    return {
        "user_id": CLIENT_ID,
        "user_type": "individual",
        "email": "asha@example.com",
        "user_name": "Asha Rao",
        "user_shortname": "Asha",
        "broker": "ZERODHA",
        "exchanges": ["NSE", "BSE", "NFO", "MCX"],
        "products": ["CNC", "NRML", "MIS", "MTF"],
        "order_types": ["MARKET", "LIMIT", "SL", "SL-M"],
        "avatar_url": None,
        "meta": {"demat_consent": "consent"},
    } | changes


def session(**changes: Any) -> dict[str, Any]:
    """Section 2, step 5: the profile fields and what the exchange adds."""
    return (
        profile(
            api_key=API_KEY,
            access_token=ISSUED_TOKEN,
            public_token=PUBLIC_TOKEN,
            enctoken=ENC_TOKEN,
            refresh_token="",
            silo="",
            login_time="2025-11-26 10:30:00",
        )
        | changes
    )


def segment(**changes: Any) -> dict[str, Any]:
    """Section 4, the margin object: 245k cash, 145k debits, 99k net."""
    return {
        "enabled": True,
        "net": Decimal("99725.05000000002"),
        "available": {
            "adhoc_margin": 0,
            "cash": Decimal("245431.6"),
            "opening_balance": Decimal("245431.6"),
            "live_balance": Decimal("99725.05000000002"),
            "collateral": 0,
            "intraday_payin": 0,
        },
        "utilised": {
            "debits": Decimal("145706.55"),
            "exposure": Decimal("38981.25"),
            "m2m_realised": Decimal("761.7"),
            "m2m_unrealised": 0,
            "option_premium": 0,
            "payout": 0,
            "span": Decimal(101989),
            "holding_sales": 0,
            "turnover": 0,
            "liquid_collateral": 0,
            "stock_collateral": 0,
            "delivery": 0,
        },
    } | changes


NO_SEGMENT: Final = segment(
    enabled=False,
    net=0,
    available=dict.fromkeys(segment()["available"], 0),
    utilised=dict.fromkeys(segment()["utilised"], 0),
)


def margins(**equity: Any) -> dict[str, Any]:
    """Section 4, GET /user/margins; the commodity segment is not enabled."""
    return {"equity": segment(**equity), "commodity": NO_SEGMENT}
