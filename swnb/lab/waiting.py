"""The verb `wait`: looks, again and again as something happens, whether what is waited for is there.

A condition sees what happened since its mark before it sees what comes, so that it does not matter who was faster, the caller
or the browser.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

from swnb.errors import InvalidArgument, WaitFailed, WaitTimeout
from swnb.events import Event
from swnb.lab.conditions import EVENT_CONDITIONS, STATE_CONDITIONS, Wish, read, split
from swnb.lab.happened import happened, standing
from swnb.lab.looks import MET, EventLook, Look, MessageLook
from swnb.lab.states import Active, Clients, Controlled, Stopped
from swnb.log import Mark
from swnb.messages import Message

if TYPE_CHECKING:
    from swnb.lab.async_lab import AsyncLab

__all__ = ["EVENT_CONDITIONS", "STATE_CONDITIONS", "Waiting"]

LOOK_S = 0.05
"""Pause between two looks at what no event tells."""


LOOKS: dict[str, type[Look]] = {
    "active": Active,
    "stopped": Stopped,
    "controlled": Controlled,
    "clients": Clients,
}
"""Conditions with a look of their own, by their first word; that of notifications is imported when it is asked for."""


class Waiting:
    """The verb `wait` of one lab."""

    def __init__(self, lab: AsyncLab) -> None:
        self._lab = lab

    async def wait(
        self,
        condition: str,
        *,
        scope: str | None,
        window: str | None,
        where: str | Callable[[Message], object] | None,
        mark: Mark | None,
        timeout_s: float,
    ) -> Event | Message | None:
        """See `AsyncLab.wait`."""
        whole = None if scope is None else self._lab.absolute(scope)
        since = self._lab.log.acting if mark is None else mark
        deadline = monotonic() + timeout_s
        wish = read(Wish(condition, split(condition), whole, window, None, since, timeout_s, deadline))
        if where is not None and wish.words[0] != "message":
            raise InvalidArgument(
                f"`where` looks into a message, and {condition!r} waits for none", "`message FROM TO` waits for one"
            )
        return await self._until(self._look(wish, where), wish)

    def _look(self, wish: Wish, where: str | Callable[[Message], object] | None) -> Look:
        if wish.words[0] == "notification":
            from swnb.lab.notification_look import NotificationLook

            return NotificationLook(self._lab, wish)
        if wish.words[0] == "message":
            from swnb.lab.where import Where

            return MessageLook(self._lab, wish, Where(where) if isinstance(where, str) else where)
        look = LOOKS.get(wish.words[0])
        if look is not None:
            return look(self._lab, wish)
        return EventLook(self._lab, wish, EVENT_CONDITIONS[wish.words[0]][1])

    async def _until(self, look: Look, wish: Wish) -> Event | Message | None:
        """Look until it is there."""
        lab, place = self._lab, wish.mark
        try:
            async with asyncio.timeout(wish.timeout_s):
                with self._woken(look) as arrived:
                    while True:
                        arrived.clear()
                        lab.browser.connection.check_open()
                        events, place = list(lab.log.since(place)), lab.log.mark()
                        found = await look.met(events)
                        if found is not None:
                            return None if found is MET else found
                        hopeless = look.hopeless()
                        if hopeless:
                            raise WaitFailed(wish.condition, wish.timeout_s, hopeless)
                        await _either(arrived, LOOK_S if look.polls else wish.timeout_s)
        except TimeoutError:
            raise self._too_late(look, wish) from None

    @contextmanager
    def _woken(self, look: Look) -> Iterator[asyncio.Event]:
        """Give what is set at each event that is worth a look, and when the browser goes."""
        arrived = asyncio.Event()

        def wake(what: object) -> None:
            if not isinstance(what, Event) or look.wakes(what):
                arrived.set()

        on_event, on_closed = self._lab.log.on_event, self._lab.browser.connection.on_closed
        on_event.append(wake)
        on_closed.append(wake)
        try:
            yield arrived
        finally:
            on_event.remove(wake)
            on_closed.remove(wake)

    def _too_late(self, look: Look, wish: Wish) -> WaitTimeout:
        """Return the error that says how things stand, and what happened instead."""
        state = "; ".join(part for part in (look.missing, *standing(self._lab, wish)) if part)
        error = WaitTimeout(wish.condition, wish.timeout_s, state)
        error.todo = f"{happened(self._lab.log, wish)}\n{error.todo}"
        return error


async def _either(arrived: asyncio.Event, pause_s: float) -> None:
    """Wait until something arrived, at most so long."""
    try:
        async with asyncio.timeout(pause_s):
            await arrived.wait()
    except TimeoutError:
        pass
