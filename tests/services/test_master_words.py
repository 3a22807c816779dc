"""A list of instruments in words: of which day it is, how far the next one has come, what failed."""

from datetime import date, datetime

import pytest

from app.domain import IST, NotReachable, Progress
from app.services.views import MasterView
from app.services.words import master_line, progress_words

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=IST)
TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("view", "said"),
    [
        (None, ""),
        (MasterView("dhan", None), "not fetched yet"),
        (MasterView("dhan", TODAY, 117204), "1,17,204 of today"),
        (MasterView("dhan", TODAY), "of today"),
        (MasterView("dhan", date(2026, 11, 22)), "of yesterday"),
        (MasterView("dhan", date(2026, 11, 20)), "of 20 Nov, 3 days old"),
        (MasterView("dhan", None, fetching=Progress()), "fetching"),
        (MasterView("dhan", TODAY, fetching=Progress(12_900_000, 30_000_000)), "fetching, 12 of 30 MB"),
        (MasterView("dhan", None, error=NotReachable()), "none: The broker cannot be reached"),
        (
            MasterView("dhan", date(2026, 11, 20), error=NotReachable()),
            "of 20 Nov, 3 days old; a newer list could not be fetched: The broker cannot be reached",
        ),
    ],
)
def test_a_list_says_its_day_and_what_is_wrong_with_it(view: MasterView | None, said: str) -> None:
    assert master_line(view, NOW) == said


@pytest.mark.parametrize(
    ("progress", "said"),
    [
        (Progress(), ""),
        (Progress(0, 30_000_000), ""),
        (Progress(12_000_000, 30_000_000), "12 of 30 MB"),
        (Progress(450_000, 1_200_000), "0.4 of 1.2 MB"),
        (Progress(12_345_678), "12 MB"),
        (Progress(1_234_567), "1.2 MB"),
        (Progress(30_000_000, 30_000_000, 145_000), "1,45,000 read"),
    ],
)
def test_progress_is_in_megabytes_then_in_rows(progress: Progress, said: str) -> None:
    assert progress_words(progress) == said
