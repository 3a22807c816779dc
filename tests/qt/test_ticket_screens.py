"""Every moment of a ticket at every size of text: nothing is cut, and it can be used without eyes and pointer."""

import random
from collections.abc import AsyncIterator, Iterable

import pytest
from PySide6.QtWidgets import QScrollArea

from app.qt.dialogs.sheet import WIDTH
from app.qt.fonts import scaled
from app.qt.theme import Theme
from app.qt.ticket.window import HEIGHT, TicketWindow
from tests.qt.conftest import Show
from tests.qt.test_accessibility import everything, walked
from tests.qt.test_layout import enlarged, faults
from tests.qt.ticket_scenes import SCENES, filling
from tests.qt.waiting import at_rest

__all__ = ["enlarged"]
TEXTS = pytest.mark.parametrize("enlarged", [1.0, 1.5], indirect=True, ids=str)
USUAL = tuple(name for name in SCENES if name not in ("ticket-more", "ticket-slices"))


async def walk(show: Show, names: Iterable[str]) -> AsyncIterator[tuple[str, TicketWindow]]:
    """One after another, all over one window: to make one takes longer than a ticket."""
    services = filling()
    window = show(services)
    for name in names:
        make, screen = SCENES[name]
        services.orders.mode = make().orders.mode
        ticket = screen(window, services)
        assert isinstance(ticket, TicketWindow)
        await at_rest(ticket)
        yield name, ticket
        ticket.reject()


@TEXTS
@pytest.mark.usefixtures("enlarged")
async def test_on_no_page_of_a_ticket_anything_is_cut(show: Show) -> None:
    wrong: dict[str, str] = {}

    async for name, ticket in walk(show, SCENES):
        wrong |= {f"{name}: {one}": what for one, what in faults(ticket)}

    assert wrong == {}


async def test_every_page_has_the_height_of_the_design_and_scrolls_nothing(show: Show) -> None:
    sizes, bars = set(), set()

    async for name, ticket in walk(show, USUAL):
        sizes.add((ticket.width(), ticket.height()))
        bars |= {name for area in ticket.findChildren(QScrollArea) if area.verticalScrollBar().maximum() > 0}

    assert sizes == {(scaled(WIDTH), scaled(HEIGHT))}
    assert bars == set()


async def test_a_screen_that_is_too_low_scrolls_the_body_and_keeps_account_and_buttons(show: Show) -> None:
    async for _, ticket in walk(show, ["ticket-more"]):
        ticket.setMinimumHeight(0)
        ticket.resize(ticket.width(), 400)
        await at_rest(ticket)

        assert ticket.head.isVisible()
        assert ticket.rect().contains(ticket.buttons.review.mapTo(ticket, ticket.buttons.review.rect().bottomRight()))


async def test_a_ticket_can_be_used_without_eyes_and_pointer(theme: Theme) -> None:
    seed = random.randrange(1000)
    print(f"seed {seed}")  # noqa: T201 - shown when it fails
    always = ("ticket-wrong", "ticket-find", "ticket-review", "ticket-unknown")
    sample = random.Random(seed).sample([name for name in SCENES if name not in always], 3)

    complaints, _, _ = await walked(theme, everything, [*always, *sample])

    assert "\n".join(complaints) == ""
