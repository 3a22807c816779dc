"""The rows of a table as it keeps them: the newest value of each, its texts once they were wanted, its place. No Qt."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from app.qt.tables.rows import Group, Row
from app.qt.tables.spec import Merge, TableSpec

R = TypeVar("R")

NOWHERE: Final = -1


class Line(Generic[R]):
    """One row that is kept. `at` is where it is shown; `texts` are its cells as far as they were formatted.

    `before` are the texts of the value before, and `was_current` whether that was told as current.
    """

    __slots__ = ("at", "before", "depth", "row", "texts", "was_current", "whole", "words")

    def __init__(self, row: Row[R], columns: int) -> None:
        self.row = row
        self.at = NOWHERE
        self.depth = 0
        self.whole: Whole[R] | None = None
        self.words: str | None = None
        self.texts: list[str | None] = [None] * columns
        self.before: list[str | None] = self.texts
        self.was_current = row.current

    def take(self, row: Row[R]) -> None:
        """A newer value of the same row."""
        self.row = row
        self.words = None
        self.before, self.texts = self.texts, [None] * len(self.texts)
        if self.whole is not None:
            self.whole.stale = True

    def stand(self, depth: int, whole: "Whole[R] | None") -> None:
        """Below a merged line, or by itself: some cells say something else there."""
        if depth != self.depth:
            self.texts = [None] * len(self.texts)
        self.depth, self.whole = depth, whole


class Whole(Line[R]):
    """A merged line; its row is made anew of its parts when it is wanted after one of them changed."""

    __slots__ = ("merge", "parts", "stale")

    def __init__(self, key: Hashable, merge: Merge[R], parts: Sequence[Line[R]], columns: int) -> None:
        self.merge, self.parts, self.stale = merge, tuple(parts), False
        super().__init__(self._made(key), columns)

    def join(self, parts: Sequence[Line[R]]) -> None:
        """These are its parts now."""
        if tuple(parts) != self.parts:
            self.parts, self.stale = tuple(parts), True
        self.freshen()

    def freshen(self) -> bool:
        """Take over what its parts say; True when it is another row now."""
        if not self.stale:
            return False
        self.stale = False
        self.take(self._made(self.row.key))
        return True

    def _made(self, key: Hashable) -> Row[R]:
        rows = tuple(part.row for part in self.parts)
        old = [row.as_of for row in rows if not row.current and row.as_of is not None]
        return Row(key, self.merge.whole(rows), None, any(row.current for row in rows), min(old, default=None), rows)


@dataclass(slots=True, eq=False)
class Head(Generic[R]):
    """An account's head above the lines that the filter lets through; the lines are not shown while it is `folded`."""

    group: Group[R]
    lines: list[Line[R]]
    folded: bool = False
    at: int = NOWHERE


Item = Head[R] | Line[R]


class Lines(Generic[R]):
    """Every row that was handed in, by its key."""

    def __init__(self, spec: TableSpec[R]) -> None:
        self._spec = spec
        self._by_key: dict[Hashable, Line[R]] = {}
        self._wholes: dict[Hashable, Whole[R]] = {}
        self._groups: tuple[tuple[Group[R], list[Line[R]]], ...] = ()
        self._heads: dict[str, Head[R]] = {}

    def __len__(self) -> int:
        return len(self._by_key)

    @property
    def groups(self) -> tuple[tuple[Group[R], list[Line[R]]], ...]:
        """The groups as they were handed in, each with its lines."""
        return self._groups

    def load(self, groups: Iterable[Group[R]]) -> tuple[list[Line[R]], bool]:
        """Take over everything; says which lines changed, and whether there are other rows or another order of them."""
        before, shape = self._by_key, self._shape()
        self._by_key, changed, made = {}, [], []
        for group in groups:
            lines = []
            for row in group.rows:
                line = before.get(row.key) or Line(row, len(self._spec.columns))
                if line.row is not row and _differ(line.row, row):
                    line.take(row)
                    changed.append(line)
                self._by_key[row.key] = line
                lines.append(line)
            made.append((group, lines))
        self._groups = tuple(made)
        return changed, shape != self._shape()

    def head(self, group: Group[R], lines: list[Line[R]], *, folded: bool) -> Head[R]:
        """The one head of an account."""
        head = self._heads.get(group.user_id)
        if head is None:
            head = self._heads[group.user_id] = Head(group, lines, folded)
        head.group, head.lines, head.folded = group, lines, folded
        return head

    def renew_heads(self) -> None:
        """The same rows, but accounts may stand differently."""
        for group, _ in self._groups:
            if group.user_id in self._heads:
                self._heads[group.user_id].group = group

    def take(self, row: Row[R]) -> Line[R] | None:
        """A newer value of one row; None when there is no such row."""
        line = self._by_key.get(row.key)
        if line is not None:
            line.take(row)
        return line

    def scatter(self) -> None:
        """No line is shown anywhere."""
        for line in (*self._by_key.values(), *self._wholes.values()):
            line.at = NOWHERE

    def forget_texts(self) -> None:
        """Amounts are written differently from now on."""
        for line in (*self._by_key.values(), *self._wholes.values()):
            line.texts = [None] * len(line.texts)

    def merged(self, lines: Iterable[Line[R]]) -> list[Line[R]]:
        """One line for what belongs together, in the order of its first part; what stands alone stays as it is."""
        merge = self._spec.merge
        found: dict[Hashable, list[Line[R]]] = {}
        for line in lines:
            key = merge.key(line.row) if merge is not None else None
            found.setdefault(("merged", key) if key is not None else line.row.key, []).append(line)
        return [self._whole(key, parts) for key, parts in found.items()]

    def apart(self) -> None:
        """Nothing is merged any more."""
        self._wholes.clear()
        for line in self._by_key.values():
            line.stand(0, None)

    def _shape(self) -> list[tuple[str, list[Hashable]]]:
        return [(group.user_id, [line.row.key for line in lines]) for group, lines in self._groups]

    def _whole(self, key: Hashable, parts: list[Line[R]]) -> Line[R]:
        if len(parts) == 1 or self._spec.merge is None:
            parts[0].stand(0, None)
            return parts[0]
        whole = self._wholes.get(key)
        if whole is None:
            whole = self._wholes[key] = Whole(key, self._spec.merge, parts, len(self._spec.columns))
        for part in parts:
            part.stand(1, whole)
        whole.join(parts)
        return whole


def _differ(old: Row[R], new: Row[R]) -> bool:
    """Whether anything that is shown differs; an account's own words are its head's business."""
    if old.record is not new.record and old.record != new.record:
        return True
    stale = old.as_of != new.as_of and not new.current
    named = (old.account is None) != (new.account is None) or (
        old.account is not None and new.account is not None and old.account.title != new.account.title
    )
    return old.current != new.current or stale or named
