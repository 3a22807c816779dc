"""The end of an exit is told over the desktop, unless its own window is before the trader and shows it."""

from PySide6.QtWidgets import QWidget

from app.services.exit_notices import exit_notice
from app.services.order_views import ExitLine, ExitPhase, ExitView
from app.services.views import NoticePosted
from tests.qt.conftest import Show
from tests.qt.fakes import FakeNotifier, FakeServices
from tests.qt.order_scenes import part, plan, to_exit
from tests.qt.waiting import until

ONE = plan(part(quantity=75))
NOTICE = exit_notice(ExitView(ONE, ExitPhase.DONE, (ExitLine(ONE.parts[0], 0),)), str)


async def begun(show: Show) -> tuple[FakeServices, FakeNotifier, QWidget, QWidget]:
    services, desktop = to_exit(ONE), FakeNotifier()
    window = show(services, desktop=desktop)
    window.commands.perform("exit_all")
    assert window.desk is not None
    [dialog] = window.desk.exits.dialogs.values()
    await until(dialog.deed.isVisible)
    dialog.activateWindow()
    await until(dialog.isActiveWindow)
    return services, desktop, window, dialog


async def test_no_notice_while_the_exits_window_shows_it(show: Show) -> None:
    services, desktop, _, _ = await begun(show)

    services.events.publish(NoticePosted(NOTICE))

    await until(lambda: services.notices.answers == [NOTICE.key])
    assert desktop.posted == []


async def test_a_notice_when_another_window_is_before_it(show: Show) -> None:
    services, desktop, _, _ = await begun(show)
    other = QWidget()
    other.show()
    other.activateWindow()
    await until(other.isActiveWindow)

    services.events.publish(NoticePosted(NOTICE))

    await until(lambda: [one[0] for one in desktop.posted] == [NOTICE])
    other.close()


async def test_a_notice_when_its_window_was_closed(show: Show) -> None:
    services, desktop, _, dialog = await begun(show)
    dialog.close()

    services.events.publish(NoticePosted(NOTICE))

    await until(lambda: [one[0] for one in desktop.posted] == [NOTICE])
    assert services.notices.answers == []
