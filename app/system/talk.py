"""What an operation may say while it runs: events to show, questions to ask. A terminal and a socket both fulfil it."""

from dataclasses import asdict
from typing import Any, Protocol

from app.domain import Secret
from app.domain.records import dataclass

Message = dict[str, Any]
"""One JSON object."""


@dataclass(frozen=True, slots=True)
class Question:
    """Something to ask of the person. `secret` answers are not shown while they are typed."""

    name: str
    label: str
    hint: str = ""
    secret: bool = False
    default: str = ""

    def message(self) -> Message:
        """As it crosses the socket."""
        return asdict(self)


class Talk(Protocol):
    """The other end of a running operation."""

    async def emit(self, event: Message) -> None:
        """Show what happened."""
        ...

    async def ask(self, question: Question) -> str:
        """The person's answer, without blanks around it. Raises `LoginCancelled` when there will be none."""
        ...

    async def ask_secret(self, question: Question) -> Secret:
        """As `ask`, for what must not be seen."""
        ...
