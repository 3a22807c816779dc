"""What can be taken to another computer: export, import after a look at what it would change, and the way there."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from app.domain import InvalidRequest, Worker
from app.domain.records import dataclass
from app.domain.tongue import tr
from app.services import parcel
from app.services.accounts import COLOURS
from app.services.answers import Yes
from app.services.moving import move_view
from app.services.moving_views import Change, ImportView, MoveView
from app.services.parcel import Named, Parcel
from app.services.preferences import check, text_of, with_texts
from app.services.setting_table import BY_NAME, NAMES
from app.services.views import AccountView, Rearranged

if TYPE_CHECKING:
    from app.services.broker_service import BrokerService
    from app.services.events import Events
    from app.services.housekeeping import Housekeeping
    from app.services.preferences import Preferences
    from app.services.ui_state import UiState

T = TypeVar("T")
ARRANGED: Final = "table."  # what is arranged of tables travels; where one was last, or looked for, does not
_AT_LOGIN: Final = "start_at_login"


@dataclass(frozen=True, slots=True)
class _Plan:
    """What of a parcel has a place here."""

    texts: dict[str, str]
    arranged: dict[str, Any]
    renamed: tuple[tuple[AccountView, Named], ...]
    view: ImportView


class Portable:
    """Works on what is there now; a file is looked at anew when it is taken."""

    def __init__(
        self,
        brokers: "BrokerService",
        preferences: "Preferences",
        ui_state: "UiState",
        housekeeping: "Housekeeping",
        events: "Events",
    ) -> None:
        self._brokers = brokers
        self._preferences = preferences
        self._ui_state = ui_state
        self._housekeeping = housekeeping
        self._events = events

    def parcel(self) -> Parcel:
        """What would be written now."""
        view = self._preferences.view
        return Parcel(
            {name: text_of(view, name) for name in NAMES},
            {name: value for name, value in self._tables.items() if value is not None},
            tuple(Named(one.broker_type, one.client_id, one.name, one.colour) for one in self._brokers.accounts()),
        )

    async def export_to(self, path: Path) -> Path:
        """Write it; raises as `parcel.write`."""
        whole = self.parcel()
        await _apart(lambda: parcel.write(path, whole))
        return path

    async def look(self, path: Path) -> ImportView:
        """What the file at `path` would change. Raises `InvalidRequest` (field `file`) for one that cannot be taken."""
        return self._plan(await _apart(lambda: parcel.read(path))).view

    async def take(self, path: Path) -> ImportView:
        """Change it; raises as `look` and `Preferences.put`, and nothing has changed then."""
        plan = self._plan(await _apart(lambda: parcel.read(path)))
        await self._preferences.put_texts(plan.texts)
        self._arrange(plan.arranged)
        refused = [text async for text in self._rename(plan)]
        return ImportView(plan.view.changes, (*plan.view.left_out, *refused))

    def put_columns_back(self) -> None:
        """The columns of all tables as they were delivered."""
        self._arrange(dict.fromkeys(self._tables))

    @property
    def _tables(self) -> dict[str, Any]:
        """What is arranged of tables."""
        return {name: value for name, value in self._ui_state.all.items() if name.startswith(ARRANGED)}

    def _arrange(self, values: dict[str, Any]) -> None:
        for name, value in values.items():
            self._ui_state.put(name, value)
        if values:
            self._events.publish(Rearranged())

    def moving(self) -> MoveView:
        """The way to another computer."""
        return move_view(self._brokers.accounts(), self._brokers.specs())

    async def _rename(self, plan: _Plan) -> Any:
        for view, named in plan.renamed:
            answer = await self._brokers.rename(view.user_id, named.name, named.colour)
            if not isinstance(answer, Yes):
                yield tr("{account} kept its name: {why}.", account=view.title, why=tr(answer.error.title))

    # ------------------------------------------------------------------ the plan

    def _plan(self, found: Parcel) -> _Plan:
        left_out: list[str] = []
        texts = self._settings(found, left_out)
        arranged = {
            name: value
            for name, value in found.arranged.items()
            if name.startswith(ARRANGED) and value != self._ui_state.get(name)
        }
        renamed = tuple(self._accounts(found, left_out))
        changes = (*self._changes(texts), *_columns(arranged), *_names(renamed))
        return _Plan(texts, arranged, renamed, ImportView(changes, tuple(left_out)))

    def _settings(self, found: Parcel, left_out: list[str]) -> dict[str, str]:
        """Those that are known here; one that cannot be right refuses the whole file."""
        texts = {name: text for name, text in found.settings.items() if name in BY_NAME}
        left_out += [
            tr("This Kunji has no setting named {name}.", name=name) for name in found.settings if name not in BY_NAME
        ]
        if not self._housekeeping.starts_at_login and texts.pop(_AT_LOGIN, "off") != "off":
            left_out.append(tr("Kunji cannot start itself at login here."))
        try:
            check(with_texts(self._preferences.view, texts))
        except InvalidRequest as error:
            raise parcel.damaged(f"{error.field}. {error.title}. {error.next_step}".rstrip(".")) from error
        return texts

    def _accounts(self, found: Parcel, left_out: list[str]) -> Iterator[tuple[AccountView, Named]]:
        here = {(one.broker_type, one.client_id): one for one in self._brokers.accounts()}
        for named in found.accounts:
            view = here.get((named.broker, named.client_id))
            if view is None:
                left_out.append(
                    tr(
                        "{name} ({client}) is not connected here. Connect it, then import once more.",
                        name=named.name,
                        client=named.client_id,
                    )
                )
            elif named.colour not in COLOURS:
                raise parcel.damaged(tr("the colour of {name}", name=named.name))
            elif (view.name, view.colour) != (named.name, named.colour):
                yield view, named

    def _changes(self, texts: dict[str, str]) -> Iterator[Change]:
        held, wanted = self._preferences.view, with_texts(self._preferences.view, texts)
        for name in texts:
            before, after = text_of(held, name), text_of(wanted, name)
            if before != after:
                yield Change(tr(BY_NAME[name].title), before, after)


def _columns(arranged: dict[str, Any]) -> Iterator[Change]:
    if arranged:
        yield Change(tr("Columns of the tables"), tr("as here"), tr("as in the file"))


def _names(renamed: tuple[tuple[AccountView, Named], ...]) -> Iterator[Change]:
    for view, named in renamed:
        before, after = (f"{one.name}, {one.colour}" for one in (view, named))
        yield Change(tr("Name and colour of {account}", account=view.title), before, after)


async def _apart(work: Callable[[], T]) -> T:
    """Files are read and written off the loop."""
    worker = Worker("kunji-parcel")
    try:
        return await worker.run(work)
    finally:
        worker.stop()
