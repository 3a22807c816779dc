"""Help: four pages behind segments, each made when it is first wanted."""

from app import __version__
from app.qt.panels.about import AboutPage
from tests.qt.conftest import Show
from tests.qt.fakes import FakeServices, account


async def test_help_is_a_view_of_the_window(show: Show) -> None:
    window = show(FakeServices([account()]))

    window.go("help")

    assert window.pages.currentWidget() is window.pages.help
    assert window.pages.title == "Help"


async def test_about_says_what_it_is_made_of_and_lets_it_be_copied(show: Show) -> None:
    window = show(FakeServices([account()]))
    window.go("help")

    window.pages.help.segments["about"].click()
    page = window.pages.help.page("about")

    assert isinstance(page.findChild(AboutPage), AboutPage)
    about = page.findChild(AboutPage)
    assert about.facts._values["Kunji"].text() == __version__
    assert about.copy.details.startswith(f"Kunji {__version__}, Python 3.")
