"""Odd bodies that the common fault matrix does not play, on every read."""

import pytest

from app.brokers.base import BaseBroker
from tests.brokers.fyers.support import READS, FyersServer, refusal


@pytest.mark.parametrize("name", READS)
async def test_bytes_that_are_no_text_are_a_surprise(name: str, broker: BaseBroker, server: FyersServer) -> None:
    READS[name].script(server, b'{"s":"ok","code":200,"data":"\xff\xfe"}')

    assert (await refusal(READS[name].ask(broker))).kind == "wire_surprise"


@pytest.mark.parametrize("name", READS)
async def test_a_truncated_body_is_a_surprise(name: str, broker: BaseBroker, server: FyersServer) -> None:
    READS[name].script(server, READS[name].body(READS[name].good)[:-7])

    assert (await refusal(READS[name].ask(broker))).kind == "wire_surprise"
