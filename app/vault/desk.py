"""Asking the keychain without stopping the program.

The keychain may answer in 10 ms or open a prompt and answer when a person is back from lunch. Its calls run on one
daemon thread; after 20 s the window is told, a late answer is still taken, and the wait can be given up.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final, TypeVar

from app.domain import Clock, KeychainTimeout, VaultError, Worker
from app.vault.keychain import Keychain, of_foreign

T = TypeVar("T")
PATIENCE: Final = 20.0
"""Seconds until a person is told that the keychain is waited for."""


class KeychainDesk:
    """Asks the keychain, one call after another."""

    def __init__(
        self,
        keychain: Keychain,
        clock: Clock,
        *,
        on_waiting: Callable[[bool], None] | None = None,
        give_up: asyncio.Event | None = None,
        attended: bool = True,
    ) -> None:
        """`on_waiting` hears True after 20 s and False at the end of that wait.

        Setting `give_up` ends the wait that is on with `KeychainTimeout`; with `attended` False nobody is there to
        answer a prompt and 20 s end it.
        """
        self._keychain = keychain
        self._clock = clock
        self._on_waiting = on_waiting
        self._give_up = give_up or asyncio.Event()
        self._attended = attended
        self._closed = False
        self._worker = Worker("kunji-keychain")

    async def read(self, service: str) -> bytes | None:
        """See `Keychain.read`."""
        return await self._ask(lambda: self._keychain.read(service))

    async def write(self, service: str, key: Callable[[], bytes]) -> None:
        """See `Keychain.write`; `key` gives the bytes only there, so that no frame of ours holds them."""
        await self._ask(lambda: self._keychain.write(service, key()))

    async def delete(self, service: str) -> None:
        """See `Keychain.delete`."""
        await self._ask(lambda: self._keychain.delete(service))

    def give_up(self) -> None:
        """End the wait that is on, if any."""
        self._give_up.set()

    def close(self) -> None:
        """End the wait that is on and take no more calls. Never waits: a hung call is left to its daemon thread."""
        self._closed = True
        self._give_up.set()
        self._worker.stop()

    async def _ask(self, call: Callable[[], T]) -> T:
        self._give_up.clear()
        answer = asyncio.create_task(self._run(call))
        given_up = asyncio.create_task(self._hears_give_up())
        try:
            if not await self._arrives(answer, given_up):
                raise KeychainTimeout
            return answer.result()
        finally:
            answer.cancel()  # a call that has not begun will not; one that has runs to its end unheard
            given_up.cancel()

    async def _run(self, call: Callable[[], T]) -> T:
        if self._closed:  # asked here: what closes may come between the question and the thread
            raise KeychainTimeout("the vault is closed")
        return await self._worker.run(lambda: _typed(call))

    async def _arrives(self, answer: asyncio.Task[T], given_up: asyncio.Task[None]) -> bool:
        """Whether `answer` is there; False when the wait was given up."""
        alarm = asyncio.create_task(self._clock.sleep(PATIENCE))
        ends: set[asyncio.Task[Any]] = {answer, given_up, alarm}
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            alarm.cancel()
        if not answer.done() and not given_up.done() and self._attended:
            await self._wait_openly(answer, given_up)
        return answer.done()

    async def _wait_openly(self, answer: asyncio.Task[T], given_up: asyncio.Task[None]) -> None:
        ends: set[asyncio.Task[Any]] = {answer, given_up}
        self._tell(waiting=True)
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._tell(waiting=False)

    async def _hears_give_up(self) -> None:
        await self._give_up.wait()

    def _tell(self, *, waiting: bool) -> None:
        if self._on_waiting is not None:
            self._on_waiting(waiting)


def _typed(call: Callable[[], T]) -> T:
    """The result of `call`, or an error of ours without the frames and causes that held the key."""
    try:
        return call()
    except VaultError as error:
        problem = error
    except Exception as error:  # noqa: BLE001 - a keychain is foreign code: whatever it raises is a refusal, no crash
        problem = of_foreign(error)
    problem.__cause__ = problem.__context__ = None
    raise problem.with_traceback(None)
