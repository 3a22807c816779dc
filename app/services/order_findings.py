"""How findings are made: an error's own words, or a sentence of the check that found it."""

from app.domain import RequestError, TradingError
from app.domain.tongue import tr
from app.services.order_views import Finding, Weight


def stop(check: str, text: str, next_step: str = "", field: str = "") -> Finding:
    """Nothing is sent."""
    return Finding(check, Weight.STOP, text, next_step, field)


def ask(check: str, text: str, next_step: str = "", field: str = "") -> Finding:
    """Asked once more."""
    return Finding(check, Weight.ASK, text, next_step, field)


def note(check: str, text: str, next_step: str = "", field: str = "") -> Finding:
    """Told, and sent."""
    return Finding(check, Weight.NOTE, text, next_step, field)


def of_error(check: str, error: TradingError, weight: Weight = Weight.STOP) -> Finding:
    """The error in its own words; of a value that cannot be asked so, what is wrong with it."""
    return Finding(check, weight, _said(error), error.next_step, error.field)


def _said(error: TradingError) -> str:
    general = isinstance(error, RequestError) and error.title == tr(type(error).title)
    detail = error.detail.removeprefix(f"{error.field}: ") if error.field else error.detail
    return tr("{title}: {detail}", title=error.title, detail=detail) if general and detail else error.title
