"""Text and CSV of rows: plain figures, no formulas, masked amounts, and what a disk says that refuses."""

import asyncio
import csv
import errno
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from app.qt.models.figures import MASK, Figures
from app.qt.tables import export
from app.qt.tables.copying import as_text, cells, plain
from app.qt.tables.export import ExportDialog, why_not
from app.system.csv_file import as_csv, safe, write_csv
from tests.qt.reading import lines
from tests.qt.tables.conftest import Open, Things
from tests.qt.tables.small import SPEC, thing
from tests.qt.waiting import until


def test_figures_are_plain_numbers() -> None:
    (_, line) = cells([thing(6, "-1234567.5")], SPEC.columns[:4], Figures())

    assert line == ["HUF \u00b7 Zerodha", "Thing 0006", "6", "1.50", "-1234567.50", ""]


@pytest.mark.parametrize(
    ("value", "said"), [("0", "0.00"), ("-2861.25", "-2861.25"), ("88.1275", "88.1275"), ("1e3", "1000.00")]
)
def test_a_number_has_no_grouping_and_a_hyphen(value: str, said: str) -> None:
    assert plain(Decimal(value)) == said


def test_a_long_quotient_is_cut_to_six_places() -> None:
    assert plain(Decimal(1) / Decimal(3)) == "0.333333"


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "|calc", "\t=1", "\r\n=1", "%x"])
def test_no_text_is_a_formula(text: str) -> None:
    assert not safe(text).startswith(("=", "+", "-", "@", "|", "%", "\t", "\r"))


def test_a_name_that_is_a_formula_is_made_safe_in_the_file() -> None:
    (_, line) = cells([thing(1, name='=HYPERLINK("http://x")')], SPEC.columns, Figures())

    assert line[1].startswith("'=")


def test_hidden_amounts_are_hidden_in_a_copy() -> None:
    figures = Figures()
    figures.hidden = True

    (_, line) = cells([thing(6, "1234.5")], SPEC.columns[:4], figures)

    assert line[2:5] == [MASK, "1.50", MASK]


def test_a_row_that_is_not_current_says_since_when() -> None:
    (head, line) = cells([replace(thing(1), current=False)], SPEC.columns, Figures())

    assert (head[-1], line[-1]) == ("As of", "2026-11-18T09:32:18+05:30")


def test_text_is_tab_separated_and_csv_is_quoted() -> None:
    table = [["a", "b,c"], ["1", 'say "x"']]

    assert as_text(table) == 'a\tb,c\n1\tsay "x"'
    assert as_csv(table) == 'a,"b,c"\r\n1,"say ""x"""\r\n'


def test_a_file_is_read_back_as_it_was_with_its_mark(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"

    write_csv(path, [["\u20b9", "Self \u00b7 Zerodha"], ["1", "2"]])

    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["\u20b9", "Self \u00b7 Zerodha"], ["1", "2"]]
    assert list(tmp_path.iterdir()) == [path]


def test_a_disk_that_refuses_leaves_nothing_and_the_old_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("old")

    def lines_of_a_full_disk() -> Sequence[Sequence[str]]:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_csv(path, (line for line in lines_of_a_full_disk()))

    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "x"), "The disk is full"),
        (OSError(errno.EDQUOT, "x"), "The disk is full"),
        (FileNotFoundError(errno.ENOENT, "x"), "There is no such folder"),
        (PermissionError(errno.EACCES, "x"), "This folder cannot be written to"),
        (OSError(errno.EROFS, "x"), "This folder cannot be written to"),
        (OSError(errno.EIO, "Input/output error"), "The file could not be written: Input/output error"),
    ],
)
def test_a_refusal_says_what_to_do(error: OSError, said: str) -> None:
    assert why_not(error).startswith(said)


# ------------------------------------------------------------------ the page


def opened(page: Things, folder: Path) -> ExportDialog:
    page.export()
    assert isinstance(page.dialog, ExportDialog)
    page.dialog.path.edit.setText(str(folder / "things.csv"))
    return page.dialog


async def test_ctrl_c_copies_the_selected_rows_with_their_heads(show_things: Open) -> None:
    page = show_things(3)
    page.view.selectRow(lines(page)[1].at)

    QTest.keyClick(page.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    assert QGuiApplication.clipboard().text().splitlines() == [
        "Account\tName\tSize\tPrice\tGain\tAs of",
        "HUF \u00b7 Zerodha\tThing 0001\t1\t0.25\t0.00\t",
    ]


async def test_an_export_has_what_the_filter_lets_through(show_things: Open, tmp_path: Path) -> None:
    page = show_things(30)
    page.filter.setText("0002")
    dialog = opened(page, tmp_path)
    assert "1 things: those that the filter lets through." in dialog.notes.text()

    dialog.save.click()

    await until(lambda: "Written" in dialog.notes.text())
    assert (tmp_path / "things.csv").read_text("utf-8-sig").splitlines()[1:] == [
        "HUF \u00b7 Zerodha,Thing 0002,2,0.50,0.00,"
    ]


async def test_an_export_with_hidden_amounts_says_so_and_hides_them(show_things: Open, tmp_path: Path) -> None:
    page = show_things([thing(1, "1234.5")])
    page.desk.figures.hidden = True
    dialog = opened(page, tmp_path)
    assert "Amounts are hidden" in dialog.notes.text()

    dialog.save.click()

    await until(lambda: "Written" in dialog.notes.text())
    assert "1234" not in (tmp_path / "things.csv").read_text("utf-8-sig")


async def test_a_file_that_is_there_is_replaced_only_on_a_second_press(show_things: Open, tmp_path: Path) -> None:
    (tmp_path / "things.csv").write_text("old")
    dialog = opened(show_things(2), tmp_path)

    dialog.save.click()

    await until(lambda: bool(dialog.path.error))
    assert (tmp_path / "things.csv").read_text() == "old"
    assert dialog.save.text() == "Replace the file"
    dialog.save.click()
    await until(lambda: "Written" in dialog.notes.text())


async def test_a_folder_that_is_not_there_is_told_beside_the_field(show_things: Open, tmp_path: Path) -> None:
    dialog = opened(show_things(2), tmp_path / "gone")

    dialog.save.click()

    await until(lambda: "no such folder" in dialog.path.error)
    assert dialog.save.isEnabled()


async def test_the_loop_goes_on_while_a_slow_disk_writes(
    show_things: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    go = threading.Event()
    monkeypatch.setattr(export, "write_csv", lambda path, table: go.wait(10))
    dialog = opened(show_things(2), tmp_path)

    dialog.save.click()
    await asyncio.sleep(0.02)

    assert dialog.save.text() == "Saving"
    go.set()
    await until(lambda: "Written" in dialog.notes.text())
