"""What the faces show of settings that travel in a file, and of the way to another computer: frozen pictures."""

from app.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """What an imported file would change: `what`, from `before` to `after`, in words."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ImportView:
    """What importing a file would change here, and, in sentences, what of it has no place here (yet)."""

    changes: tuple[Change, ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MoveStep:
    """One thing to do; `name` is stable, so that it can be ticked off."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class MoveAccount:
    """What one account needs on another computer."""

    user_id: str
    title: str
    colour: str
    steps: tuple[MoveStep, ...]


@dataclass(frozen=True, slots=True)
class MoveView:
    """The way to another computer: what to do first, for each account in the user's order, and at last."""

    first: tuple[MoveStep, ...]
    accounts: tuple[MoveAccount, ...]
    last: tuple[MoveStep, ...]
