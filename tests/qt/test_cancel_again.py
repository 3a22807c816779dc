"""A cancellation takes risk off: one that the book never showed may be asked for once more."""

import pytest

from app.domain.intents import Deed
from app.domain.order_life import Fate
from tests.qt.conftest import Show
from tests.qt.order_scenes import asked
from tests.qt.test_orders_panel import RESTING, choose, one, opened


@pytest.mark.parametrize(
    ("fates", "again"), [((Fate.UNKNOWN,), False), ((Fate.UNKNOWN, Fate.NOT_CONFIRMED), True)], ids=["lost", "over"]
)
async def test_order_whose_cancellation_the_book_never_showed_can_be_cancelled_again(
    show: Show, fates: tuple[Fate, ...], *, again: bool
) -> None:
    services = one(*RESTING)
    services.orders.records = (asked(services, Deed.CANCEL, RESTING[0].order_id, Fate.SENDING, *fates),)
    _, page = opened(show, services)

    choose(page, RESTING[0].symbol)

    assert page.cancel.isEnabled() is again
