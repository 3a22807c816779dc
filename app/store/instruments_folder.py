"""The folder of the masters' files: blocking, each part used by one thread. Imports SQLite: loaded on first use."""

import re
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from app.domain import Busy, Instrument
from app.store import files
from app.store.instruments_file import MasterFile
from app.store.instruments_load import Loading, Stopped

T = TypeVar("T")


class Folder:
    """The files of all brokers. `ask`, `forget` and `close` belong to the reading thread, others to the loading one."""

    def __init__(self, path: Path) -> None:
        """Nothing is touched yet."""
        self._path = path
        self._open: dict[str, MasterFile] = {}

    def ask(self, name: str, question: Callable[[MasterFile], T]) -> T:
        """The answer of the file `name`. Raises a `VaultError` when it is gone or damaged."""
        try:
            if name not in self._open:
                self._open[name] = MasterFile(self._path / name)
            return question(self._open[name])
        except sqlite3.Error as error:
            raise files.of_sqlite_error(error) from error

    def forget(self, name: str) -> None:
        """Close the file, if it is open."""
        if name in self._open:
            self._open.pop(name).close()

    def close(self) -> None:
        """Close every file."""
        for name in list(self._open):
            self.forget(name)

    def new_file(self, broker: str) -> Path:
        """An empty private file with a name that was not there before. Raises a `VaultError`."""
        numbers = [int(path.stem.rpartition("-")[2]) for path in self._of(broker)]
        path = self._path / f"{broker}-{max(numbers, default=0) + 1}.db"
        files.prepare(path)
        return path

    def loading(self, path: Path, rows: Iterable[Instrument]) -> Loading:
        """The load of `rows` into `path`, not begun yet."""
        return Loading(path, rows)

    def load(self, loading: Loading) -> int:
        """Run `loading`; trouble with the disk comes out as a `VaultError`, what the rows raise as it is."""
        try:
            return loading.run()
        except sqlite3.Error as error:
            raise files.of_sqlite_error(error) from error
        except Stopped:
            raise Busy("the load was given up") from None

    def tidy(self, broker: str, keep: str) -> None:
        """Remove what no longer counts; a file that another program holds open goes the next time."""
        for path in self._of(broker):
            if path.name != keep:
                try:
                    path.unlink()
                except OSError:
                    continue

    def _of(self, broker: str) -> list[Path]:
        shape = re.compile(rf"{broker}-\d+\.db")
        return [path for path in self._path.glob(f"{broker}-*.db") if shape.fullmatch(path.name)]
