"""The commands around another computer: settings into a file and out of one, and what is left to do by hand."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.domain import InvalidRequest, LoginCancelled
from app.domain.tongue import tr
from app.services.command_views import Json, success
from app.services.moving_views import Change, ImportView, MoveStep
from app.system.talk import Message, Question, Talk

if TYPE_CHECKING:
    from app.services.core import Services

FILES: Final = ("export", "import")
"""In the place of a setting's name; a file follows."""
COLUMNS: Final = "columns"
_USUAL: Final = "usual"


class PortableCommands:
    """Over one set of services."""

    def __init__(self, services: "Services") -> None:
        self._services = services

    async def file(self, request: Message, talk: Talk) -> Json:
        """Export to, or import from, the file that `value` names; importing asks first (not with `yes`)."""
        path = Path(str(request.get("value") or ""))
        if not path.is_absolute():
            raise InvalidRequest(str(path), title=tr("The file is not named by its whole path"), field="file")
        if request.get("name") == "export":
            return success(file=str(await self._services.portable.export_to(path)))
        view = await self._services.portable.look(path)
        for line in lines_of(view):
            await talk.emit({"kind": "progress", "says": line})
        if view.changes:
            await _agreed(request, talk)
            view = await self._services.portable.take(path)
        changes = [{"what": one.what, "before": one.before, "after": one.after} for one in view.changes]
        return success(file=str(path), changes=changes, left_out=list(view.left_out))

    def columns(self, value: str) -> Json:
        """Put the columns of all tables back ("usual"); each is arranged at its table."""
        if value.lower() != _USUAL:
            title = tr("Columns are arranged at each table")
            raise InvalidRequest(value, title=title, next_step="kunji settings columns usual", field=COLUMNS)
        self._services.portable.put_columns_back()
        return success(columns=_USUAL)

    async def move(self, _request: Message, _talk: Talk) -> Json:
        """What must be done, and entered again, to go on with these accounts on another computer."""
        view = self._services.portable.moving()
        accounts = [{"user_id": one.user_id, "account": one.title, "steps": _steps(one.steps)} for one in view.accounts]
        return success(first=_steps(view.first), accounts=accounts, last=_steps(view.last))


def lines_of(view: ImportView) -> list[str]:
    """What would change, and what would not, one sentence each."""
    said = [_sentence(one) for one in view.changes] or [tr("Nothing changes: everything is here as in the file.")]
    return [*said, *view.left_out]


def _sentence(change: Change) -> str:
    return tr("{what}: {before}, then {after}", what=change.what, before=change.before, after=change.after)


async def _agreed(request: Message, talk: Talk) -> None:
    if request.get("yes"):
        return
    question = Question("confirm", tr("Take this over? Type yes"))
    if (await talk.ask(question)).lower() != "yes":
        raise LoginCancelled(title=tr("Nothing was changed"), next_step=tr("Everything is as it was before."))


def _steps(steps: tuple[MoveStep, ...]) -> list[Json]:
    return [{"name": step.name, "says": step.text} for step in steps]
