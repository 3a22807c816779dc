"""Live values: the newest is shown, often enough and not more often; order and pointer; what lights up."""

import asyncio
import random
from decimal import Decimal

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEnterEvent, QHoverEvent
from PySide6.QtWidgets import QApplication

from app.qt.tables import tint
from tests.qt.reading import cell, column_texts, lines, sort
from tests.qt.tables.conftest import Open, Things
from tests.qt.tables.small import thing
from tests.qt.waiting import until

SEED = 20261118


def count_tellings(page: Things) -> list[int]:
    told: list[int] = []
    page.model.dataChanged.connect(lambda first, _: told.append(first.row()))
    return told


async def test_after_random_bursts_every_cell_shows_its_newest_value(show_things: Open) -> None:
    page, drawn, newest = show_things(200), random.Random(SEED), {}
    for _ in range(30):
        for _ in range(drawn.randrange(200)):
            row = thing(drawn.randrange(200), str(drawn.randrange(-(10**6), 10**6)))
            newest[row.key] = row
            page.put(row)
        page.view.verticalScrollBar().setValue(drawn.randrange(page.view.verticalScrollBar().maximum()))
        await asyncio.sleep(drawn.random() / 100)

    await until(lambda: not page.view.live.feed.waits)

    for line in lines(page):
        wanted = newest.get(line.row.key, line.row)
        said = [cell(page, line, column.key).data() for column in page.spec.columns]
        assert said == [column.text(wanted, page.desk.figures) for column in page.spec.columns], f"seed {SEED}"


async def test_what_is_painted_after_a_burst_is_the_newest_value(show_things: Open) -> None:
    page, still = show_things(3), show_things([thing(0, "5"), thing(1), thing(2)])
    for gain in range(6):
        page.put(thing(0, str(gain)))

    await until(lambda: column_texts(page, "gain")[0] == "+5.00" and not page.view.tints.any)

    assert page.view.viewport().grab().toImage() == still.view.viewport().grab().toImage()


async def test_a_thousand_values_within_a_frame_are_told_once(show_things: Open) -> None:
    page = show_things(3)
    told = count_tellings(page)

    for gain in range(1000):
        page.put(thing(1, str(gain)))

    await until(lambda: column_texts(page, "gain")[1] == "+999.00")
    assert told == [2]  # the row below its head and its neighbour, one run of cells


async def test_values_are_taken_in_at_most_sixty_times_a_second(show_things: Open) -> None:
    page = show_things(3)
    taken: list[int] = []
    page.model.stirred.connect(lambda: taken.append(1))

    loop = asyncio.get_running_loop()
    ends = loop.time() + 0.5
    while loop.time() < ends:
        page.put(thing(0, str(len(taken))))
        await asyncio.sleep(0.002)

    assert 10 <= len(taken) <= 31


async def test_what_is_out_of_sight_is_not_told_and_not_formatted(show_things: Open) -> None:
    page = show_things(1000)
    told = count_tellings(page)

    page.put(thing(900, "7"))

    await until(lambda: not page.view.live.feed.waits)
    assert told == []
    assert lines(page)[900].texts == [None] * len(page.spec.columns)
    assert column_texts(page, "gain")[900] == "+7.00"


async def test_a_row_that_the_table_does_not_hold_is_dropped(show_things: Open) -> None:
    page = show_things(2)

    page.put(thing(77, "7"))

    await until(lambda: not page.view.live.feed.waits)
    assert len(lines(page)) == 2


async def test_what_was_read_anew_is_newer_than_what_still_waited(show_things: Open) -> None:
    page = show_things(2)

    page.put(thing(0, "1"))
    page.read(thing(0, "2"), thing(1))
    await asyncio.sleep(0.05)

    assert column_texts(page, "gain")[0] == "+2.00"


async def test_a_live_order_is_made_anew_at_most_four_times_a_second(show_things: Open) -> None:
    page = show_things(20)
    sort(page, "gain", descending=True)
    moves: list[int] = []
    page.model.layoutChanged.connect(lambda: moves.append(1))

    loop = asyncio.get_running_loop()
    ends = loop.time() + 1
    while loop.time() < ends:
        page.put(thing(random.Random(len(moves)).randrange(20), str(int(loop.time() * 1000))))
        await asyncio.sleep(0.005)

    assert 1 <= len(moves) <= 5


async def test_rows_wait_while_the_pointer_is_over_them_and_go_on_when_it_leaves(show_things: Open) -> None:
    page = show_things([thing(0, "1"), thing(1, "2")])
    sort(page, "gain")
    point(page, over=True)

    page.put(thing(0, "3"))

    await until(lambda: "sorting paused" in page.totals.more.text())
    assert column_texts(page, "name") == ["Thing 0000", "Thing 0001"]
    point(page, over=False)
    await until(lambda: column_texts(page, "name") == ["Thing 0001", "Thing 0000"])
    assert "sorting paused" not in page.totals.more.text()


async def test_rows_are_sorted_under_a_pointer_that_rested_there_before_they_came(show_things: Open) -> None:
    page = show_things([thing(0, "1"), thing(1, "2")])
    sort(page, "gain")
    rest(page)

    page.read(thing(0, "1"), thing(1, "2"), thing(2, "0"))
    at_once = column_texts(page, "name")
    page.put(thing(0, "3"))

    assert at_once == ["Thing 0002", "Thing 0000", "Thing 0001"]
    await until(lambda: column_texts(page, "name") == ["Thing 0002", "Thing 0001", "Thing 0000"])
    assert "sorting paused" not in page.totals.more.text()


def rest(page: Things) -> None:
    """The table comes up where the pointer is."""
    viewport = page.view.viewport()
    viewport.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    middle = QPointF(viewport.rect().center())
    QApplication.sendEvent(viewport, QEnterEvent(middle, middle, middle))


def point(page: Things, *, over: bool) -> None:
    viewport = page.view.viewport()
    if over:
        rest(page)
        middle = QPointF(viewport.rect().center())
        QApplication.sendEvent(viewport, QHoverEvent(QEvent.Type.HoverMove, middle, middle, QPointF()))
        return
    viewport.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
    QApplication.sendEvent(viewport, QEvent(QEvent.Type.Leave))


async def test_the_selection_goes_with_its_rows(show_things: Open) -> None:
    page = show_things([thing(0, "1"), thing(1, "2")])
    sort(page, "gain")
    page.view.selectRow(lines(page)[0].at)

    page.put(thing(0, "3"))

    await until(lambda: column_texts(page, "name")[0] == "Thing 0001")
    assert [line.row.record.name for line in page.view.selected()] == ["Thing 0000"]


async def test_selection_and_place_stay_when_rows_come_and_go(show_things: Open) -> None:
    page = show_things(100)
    page.view.selectRow(lines(page)[50].at)
    page.view.verticalScrollBar().setValue(900)

    page.read(*(thing(number) for number in range(10, 120)))

    assert [line.row.record.size for line in page.view.selected()] == [50]
    assert page.view.verticalScrollBar().value() == 900


async def test_sums_follow_live_values(show_things: Open) -> None:
    page = show_things(3)

    page.put(thing(0, "1.50"))
    page.put(thing(2, "-4"))

    await until(lambda: "Gain \u22122.50" in page.totals.accessibleName())


async def test_a_changed_cell_lights_up_and_goes_out(show_things: Open) -> None:
    page = show_things(3)
    row = thing(0, "1")

    page.put(row)

    await until(lambda: (row.key, page.spec.place("gain")) in page.view.tints)
    assert (row.key, page.spec.place("size")) not in page.view.tints
    await until(lambda: not page.view.tints.any)


async def test_nothing_lights_up_while_motion_is_reduced(show_things: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tint, "motion_is_reduced", lambda: True)
    page = show_things(3)

    page.put(thing(0, "1"))

    await until(lambda: column_texts(page, "gain")[0] == "+1.00")
    assert not page.view.tints.any


async def test_nothing_lights_up_above_two_hundred_visible_changes_a_second(show_things: Open) -> None:
    page = show_things(10)
    cells = [(("a", number), column) for number in range(10) for column in range(4)]

    for _ in range(6):
        page.view.tints.clear()
        page.view.tints.changed(cells)

    assert not page.view.tints.any


async def test_a_cell_lights_up_at_most_twice_a_second(show_things: Open) -> None:
    tints = show_things(2).view.tints
    tints.changed([("row", 1)])
    await until(lambda: not tints.any)

    tints.changed([("row", 1)])

    assert not tints.any


async def test_a_figure_that_needs_more_room_gets_it(show_things: Open) -> None:
    page = show_things(2)
    at, before = page.spec.place("gain"), page.view.columnWidth(page.spec.place("gain"))

    page.put(thing(0, str(Decimal(10) ** 13)))

    await until(lambda: page.view.columnWidth(at) > before)


async def test_stale_rows_are_told_when_they_become_current(show_things: Open) -> None:
    page = show_things(1)
    row = thing(0)

    page.read(type(row)(row.key, row.record, row.account, current=False, as_of=row.as_of))
    told = count_tellings(page)
    page.read(row)

    assert told
    assert lines(page)[0].row.current


def test_nothing_is_summed_and_painted_once_more_after_the_first_rows(show_things: Open) -> None:
    page = show_things(5)

    assert not page.view.live._beat.asked
    assert page.totals.count.text() == "5 things"
