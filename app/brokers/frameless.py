"""Takes the frames off an error that leaves a sign-in: their local variables hold keys, codes and tokens (promise L3).

What a typed error has to say stands in its words; whoever prints it with all local variables finds no secret below it.
"""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, TypeVar

from app.domain import TradingError

S = TypeVar("S")
A = TypeVar("A")
T = TypeVar("T")


def frameless(step: Callable[[S, A], Coroutine[Any, Any, T]]) -> Callable[[S, A], Coroutine[Any, Any, T]]:
    """A `SignIn.advance` whose typed errors, and what caused them, come out without the frames below it."""

    @wraps(step)
    async def advance(self: S, answer: A) -> T:
        try:
            return await step(self, answer)
        except TradingError as error:
            raise _without_frames(error) from error.__cause__

    return advance


def _without_frames(error: TradingError) -> TradingError:
    link: BaseException | None = error
    while link is not None:
        link.__traceback__ = None
        link = link.__cause__ or link.__context__
    return error
