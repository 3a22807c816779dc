"""The day's price band comes with a quote where the broker tells it: nothing outside of it would be taken."""

import pytest

from app.brokers.base import BaseBroker
from app.domain import Exchange, Quote
from tests.brokers.bench import Bench


async def quoted(bench: Bench, broker: BaseBroker) -> Quote:
    key = bench.cash, Exchange.NSE
    return (await broker.get_quotes([key])).found[key]


@pytest.mark.parametrize("bench", ["zerodha", "dhan", "angel_one"], indirect=True)
async def test_a_quote_brings_the_band_of_the_day(bench: Bench, equipped: BaseBroker) -> None:
    quote = await quoted(bench, equipped)

    assert quote.band_low is not None
    assert quote.band_high is not None
    assert quote.band_low < quote.last_price < quote.band_high


@pytest.mark.parametrize("bench", ["fyers"], indirect=True)
async def test_where_nobody_tells_a_band_none_is_known(bench: Bench, equipped: BaseBroker) -> None:
    quote = await quoted(bench, equipped)

    assert (quote.band_low, quote.band_high) == (None, None)
