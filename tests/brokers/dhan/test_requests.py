"""Sheet sections 3 and 4.1: which path each operation asks for, with which headers and body."""

import json

import pytest

from app.brokers.base import BaseBroker
from app.domain import Exchange
from tests.brokers.dhan import wire
from tests.brokers.dhan.support import PRIVATE, QUOTE_PATHS, READS
from tests.brokers.zerodha.server import Received, ScriptedServer

QUOTES = ("ltp", "quotes")


async def _asked(name: str, broker: BaseBroker, server: ScriptedServer) -> Received:
    READS[name].script(server, READS[name].good)
    await READS[name].ask(broker)
    [request] = server.requests
    return request


@pytest.mark.parametrize("name", READS)
async def test_section_4_1_the_path_and_the_verb(name: str, broker: BaseBroker, server: ScriptedServer) -> None:
    request = await _asked(name, broker, server)

    assert (request.method, request.path) == (READS[name].method, request.path)
    assert request.path in READS[name].paths


@pytest.mark.parametrize("name", READS)
async def test_section_3_every_call_carries_the_token_and_says_json(
    name: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    headers = (await _asked(name, broker, server)).headers

    assert headers["access-token"] == wire.TOKEN
    assert "application/json" in headers["accept"]


@pytest.mark.parametrize("name", QUOTES)
async def test_section_3_quotes_carry_the_client_id(name: str, broker: BaseBroker, server: ScriptedServer) -> None:
    headers = (await _asked(name, broker, server)).headers

    assert headers["client-id"] == wire.CLIENT
    assert headers["content-type"].split(";")[0] == "application/json"


@pytest.mark.parametrize("name", PRIVATE)
async def test_section_13_a_get_carries_no_body_and_no_query(
    name: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    request = await _asked(name, broker, server)

    assert request.body == b""
    assert "?" not in request.target


@pytest.mark.parametrize("name", READS)
async def test_section_2_1_no_app_secret_leaves_for_the_trading_host(
    name: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    request = await _asked(name, broker, server)

    assert wire.APP_SECRET not in f"{request.target}{dict(request.headers)}{request.body!r}"


@pytest.mark.parametrize(
    ("symbol", "exchange", "segment", "number"),
    [
        ("RELIANCE", Exchange.NSE, "NSE_EQ", 2885),
        ("RELIANCE", Exchange.BSE, "BSE_EQ", 500325),
        ("M&M", Exchange.NSE, "NSE_EQ", 2031),
        ("M&M", Exchange.BSE, "BSE_EQ", 500520),
        ("BAJAJ-AUTO", Exchange.NSE, "NSE_EQ", 16669),
        ("ABB", Exchange.NSE, "NSE_EQ", 13),
        ("NIFTY", Exchange.NSE, "IDX_I", 13),
        ("BANKNIFTY", Exchange.NSE, "IDX_I", 25),
        ("ADANIENT", Exchange.NSE, "NSE_EQ", 25),
        ("SENSEX", Exchange.BSE, "IDX_I", 51),
        ("NIFTY 24NOV26 FUT", Exchange.NFO, "NSE_FNO", 35001),
        ("NIFTY 01DEC26 26000 CE", Exchange.NFO, "NSE_FNO", 52001),
        ("NIFTY 08DEC26 26000 CE", Exchange.NFO, "NSE_FNO", 52002),
        ("NIFTY 08DEC26 26000 PE", Exchange.NFO, "NSE_FNO", 52003),
        ("RELIANCE 24NOV26 1540 CE", Exchange.NFO, "NSE_FNO", 61001),
        ("SENSEX 26NOV26 FUT", Exchange.BFO, "BSE_FNO", 871001),
        ("CRUDEOIL 19NOV26 FUT", Exchange.MCX, "MCX_COMM", 477169),
        ("USDINR 26NOV26 FUT", Exchange.CDS, "NSE_CURRENCY", 10093),
    ],
)
async def test_sections_4_9_and_5_a_quote_names_segment_and_id_as_a_number(
    *, symbol: str, exchange: Exchange, segment: str, number: int, broker: BaseBroker, server: ScriptedServer
) -> None:
    for path in QUOTE_PATHS:
        server.on("POST", path, wire.text(wire.prices(**{segment: {str(number): wire.quoted(100)}})))

    await broker.get_ltp(symbol, exchange)

    body = json.loads(server.requests[0].body)
    assert {key: ids for key, ids in body.items() if key != "dhanClientId"} == {segment: [number]}
