"""Demo and live are told apart wherever one looks: in colour, word and title."""

import pytest
from PySide6.QtCore import Qt

from app.domain.intents import Mode
from app.qt.dialogs.confirm import ConfirmDialog
from app.qt.theme import Theme
from app.qt.widgets.mode_mark import ModeMark, stripe, titled
from app.services.views import Notice
from tests.qt.conftest import Show
from tests.qt.fakes import FakeDemo, FakeNotifier, FakeServices, account
from tests.qt.waiting import until

_HIDDEN = Qt.WidgetAttribute.WA_WState_ExplicitShowHide  # somebody has hidden it; a new widget is not shown yet


@pytest.mark.parametrize(("mode", "said"), [(Mode.LIVE, "LIVE"), (Mode.DEMO, "DEMO")])
def test_the_chip_says_which_and_what_it_means(theme: Theme, mode: Mode, said: str) -> None:
    mark = ModeMark(mode)

    assert (mark.text(), mark.accessibleName(), mark.property("mode")) == (said, said, mode.value)
    assert "money" in mark.accessibleDescription()
    mark.deleteLater()


@pytest.mark.parametrize("dark", [False, True])
def test_both_chips_have_another_colour(theme: Theme, dark: bool) -> None:  # noqa: FBT001 - a parameter of the test
    theme.use(dark=dark)
    colours = []
    for mode in Mode:
        mark = ModeMark(mode)
        mark.resize(60, 24)
        colours.append(mark.grab().toImage().pixelColor(8, 12).name())
        mark.deleteLater()
    theme.use(dark=False)

    assert len(set(colours)) == 2


def test_only_the_demo_has_a_stripe_and_says_so_in_its_titles(theme: Theme) -> None:
    stripes = {mode: stripe(mode) for mode in Mode}

    assert (stripes[Mode.LIVE].isHidden(), stripes[Mode.DEMO].testAttribute(_HIDDEN)) == (True, False)
    assert titled("Exit all positions", Mode.DEMO) == "Exit all positions (demo)"
    assert titled("Exit all positions", Mode.LIVE) == "Exit all positions"
    for one in stripes.values():
        one.deleteLater()


async def test_a_question_about_money_says_which(show: Show) -> None:
    window = show(FakeServices([account()]))

    dialog = ConfirmDialog(window, "Cancel 2 resting orders?", "Both.", "Cancel them", "brown", Mode.DEMO)

    assert dialog.windowTitle() == "Cancel 2 resting orders? (demo)"
    assert [mark.text() for mark in dialog.findChildren(ModeMark)] == ["DEMO"]
    dialog.close()


@pytest.mark.parametrize(("mode", "title"), [(Mode.LIVE, "Buy INFY: refused"), (Mode.DEMO, "Buy INFY: refused (demo)")])
async def test_a_notice_of_the_demo_says_so(show: Show, mode: Mode, title: str) -> None:
    services, desktop = FakeServices([account()]), FakeNotifier()
    services.orders.mode = mode
    window = show(services, desktop=desktop, demo=FakeDemo() if mode is Mode.DEMO else None)
    assert window._errands is not None

    window._errands.notices.post(Notice("a", "Buy INFY: refused", "", "huf"))

    await until(lambda: desktop.posted)
    assert desktop.posted[0][0].title == title
    assert window.windowTitle() == ("Kunji (demo)" if mode is Mode.DEMO else "Kunji")
    assert window.tray is not None
    assert window.tray.tooltip.startswith(window.windowTitle())
