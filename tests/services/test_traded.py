"""What an account trades: learnt from its positions, kept, and never made up."""

import pytest

from app.domain import Exchange
from app.domain.market import EQUITY, Segment
from app.services.book_views import PositionsView
from app.services.views import AccountRemoved, AccountView, PositionsChanged
from tests.services.fakes import position
from tests.services.house import House

ANY = frozenset(Segment)
EVERYBODYS = frozenset(EQUITY)


async def seen(house: House, *exchanges: Exchange) -> AccountView:
    """An account in which positions at these exchanges were read."""
    account = await house.connected()
    house.world.positions["AB1234"] = [position(exchange=exchange) for exchange in exchanges]
    await house.services.portfolio.refresh(account.user_id)
    return account


@pytest.mark.parametrize(
    ("exchanges", "may", "known"),
    [
        ((), ANY, EVERYBODYS),
        ((Exchange.NSE,), EVERYBODYS, EVERYBODYS),
        ((Exchange.BFO, Exchange.BCD), EVERYBODYS | {Segment.CURRENCY}, EVERYBODYS | {Segment.CURRENCY}),
        ((Exchange.NCDEX,), EVERYBODYS | {Segment.COMMODITY}, EVERYBODYS | {Segment.COMMODITY}),
        ((Exchange.MF,), ANY, EVERYBODYS),  # it has no hours here
    ],
)
async def test_it_is_learnt_from_positions(
    house: House, exchanges: tuple[Exchange, ...], may: frozenset[Segment], known: frozenset[Segment]
) -> None:
    account = await seen(house, *exchanges)

    assert house.services.traded.of(account.user_id) == may
    assert house.services.traded.known(account.user_id) == known


async def test_positions_that_are_gone_are_not_forgotten_nor_after_a_restart(house: House) -> None:
    account = await seen(house, Exchange.MCX)
    house.world.positions.clear()
    await house.services.portfolio.refresh(account.user_id)

    await house.restart()

    assert Segment.COMMODITY in house.services.traded.of(account.user_id)


async def test_of_a_removed_account_nothing_is_kept(house: House) -> None:
    account = await seen(house, Exchange.NSE)

    house.services.traded.hear(AccountRemoved(account.user_id))

    assert house.services.traded.of(account.user_id) == ANY


async def test_what_a_newer_kunji_has_kept_does_not_disturb(house: House) -> None:
    await house.services.store.settings.set("segments", {"usr_1": "cash gold", "usr_2": 7})

    await house.restart()

    assert house.services.traded.of("usr_1") == EVERYBODYS
    assert house.services.traded.of("usr_2") == ANY


async def test_a_failed_read_teaches_nothing(house: House) -> None:
    account = await house.connected()

    house.services.traded.hear(PositionsChanged(PositionsView(account.user_id, None, None, current=False, error=None)))

    assert house.services.traded.of(account.user_id) == ANY
