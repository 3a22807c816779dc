"""Odd bodies that the common fault matrix does not play, on every read."""

from typing import Any

import pytest

from app.brokers.base import BaseBroker
from tests.brokers.angel_one import wire
from tests.brokers.angel_one.support import READS, refusal
from tests.brokers.zerodha.server import ScriptedServer


@pytest.mark.parametrize("name", READS)
async def test_bytes_that_are_no_text_are_a_surprise(name: str, broker: BaseBroker, server: ScriptedServer) -> None:
    READS[name].script(server, b'{"status":true,"data":"\xff\xfe"}')

    assert (await refusal(READS[name].ask(broker))).kind == "wire_surprise"


@pytest.mark.parametrize("name", READS)
async def test_a_truncated_body_is_a_surprise(name: str, broker: BaseBroker, server: ScriptedServer) -> None:
    READS[name].script(server, wire.text(READS[name].good)[:-7])

    assert (await refusal(READS[name].ask(broker))).kind == "wire_surprise"


@pytest.mark.parametrize("data", ["null", "", "false", 0, False, {"rows": []}])
@pytest.mark.parametrize("name", ["holdings", "positions", "orders", "trades"])
async def test_section_13_a_word_for_nothing_is_no_empty_list(
    name: str, data: Any, broker: BaseBroker, server: ScriptedServer
) -> None:
    READS[name].script(server, wire.good(data))

    assert (await refusal(READS[name].ask(broker))).kind == "wire_surprise"


@pytest.mark.parametrize("row", [None, 5, "row", [], True])
@pytest.mark.parametrize("name", ["holdings", "positions", "orders", "trades"])
async def test_a_row_that_is_no_object_is_a_surprise(
    name: str, row: Any, broker: BaseBroker, server: ScriptedServer
) -> None:
    READS[name].script(server, wire.good([*READS[name].data, row]))

    assert (await refusal(READS[name].ask(broker))).kind == "wire_surprise"
