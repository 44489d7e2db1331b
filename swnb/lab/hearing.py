"""What is heard, and waiting for it: the verbs of an `AsyncLab` that are about log and world."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import RLock
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakSet

from swnb.errors import InvalidArgument
from swnb.lab.waiting import Waiting
from swnb.log import Log, Mark

if TYPE_CHECKING:
    from swnb.browser.browser import Browser
    from swnb.events import Event
    from swnb.lab.async_lab import AsyncLab
    from swnb.lab.window import AsyncWindow
    from swnb.log import Handler
    from swnb.log.kinds import Kind
    from swnb.messages import Message
    from swnb.probe.probe import Probe
    from swnb.world import World

SETTLE_S = 0.5
"""How long a verb waits for the ids of clients that are about to be known, in seconds."""

FOLDING = RLock()
"""Held while a world takes events in: its first fold may go on in a caller's thread."""

LOGS: WeakSet[Log] = WeakSet()
"""Logs of the labs of this process, as far as anybody holds them: when a lab began is in none of its log's parts."""


class Hearing:
    """What `AsyncLab` has of log and world. It is `AsyncLab` that sets what is declared here."""

    log: Log
    probe: Probe | None
    _world: World | None = None

    @property
    def world(self) -> World:
        """What is true now, as far as it was observed: folded from the log when it is first asked for, then kept up to date."""
        if self._world is None:
            with FOLDING:
                if self._world is None:
                    self._world = self._folded()
        return self._world

    @property
    def views(self) -> Any:
        """The live views: ``lab.views.clients()`` is a table that follows the lab."""
        from swnb.lab.pictures import views_of

        return views_of(cast("AsyncLab", self))

    def dashboard(self, layout: str = "tabs", language: str = "en") -> Any:
        """All live views as one: in `tabs`, or `side` by side; a notebook shows it as the last line of a cell.

        Raises
        ------
        InvalidArgument
            For another layout, or a language that no table of words is in.
        """
        return self.views.dashboard(layout=layout, language=language)

    def _folded(self) -> World:
        from swnb.world import World

        world, log = World(), self.log

        def follow(_: Event) -> None:
            """Take in what there is: while the first fold goes on in another thread, more may come."""
            with FOLDING:
                for event in log.since(Mark(world.seq + 1)):
                    world.apply(event)

        log.on_event.append(follow)
        for event in log.since(Mark(0)):
            world.apply(event)
        return world

    @property
    def browser(self) -> Browser:
        """The connection to the browser; see `AsyncLab.browser`."""
        raise NotImplementedError

    @property
    def alive(self) -> bool:
        """Whether it has a browser that answers."""
        raise NotImplementedError

    def timeout_s(self) -> float:
        """Return the longest wait for an answer, in seconds."""
        raise NotImplementedError

    def on(self, kind: Kind | Iterable[Kind], handler: Handler) -> Callable[[], None]:
        """Call `handler` with each event of a kind from now on: ``lab.on("message.received", print)``.

        It is called in the lab's thread, and must not use verbs of the lab there. One that raises is reported as a `Surprise`.

        Parameters
        ----------
        kind
            ``message.received``; ``message`` is all of that family.

        Returns
        -------
        Callable
            Takes it back.
        """
        return self.log.on(kind, handler)

    def mark(self) -> Mark:
        """Return this moment, to be given to `wait`."""
        return self.log.mark()

    async def wait(
        self,
        condition: str,
        *,
        scope: str | None = None,
        window: AsyncWindow | str | None = None,
        where: str | Callable[[Message], object] | None = None,
        mark: Mark | None = None,
        timeout_s: float | None = None,
    ) -> Event | Message | None:
        """Wait for a state, an event or a message; what happened since the start of the last acting verb counts, too.

        States: ``active`` (a worker is ``activated``, now), ``controlled [NAME]`` (a window, or any client by its label),
        ``clients N`` (exactly N controlled windows), ``stopped [w1]``. Events: ``update``, ``installing``, ``installed``,
        ``activating``, ``activated``, ``redundant``, ``started``, ``ended``, each with ``w1`` or without; ``navigated``,
        ``loaded``, ``closed``, each with a window's name or without; ``lost`` (a message); ``notification``, with a tag or title or
        without; ``settled`` (an event of a worker). A message that arrives: ``message home worker``; ``*`` is anybody.

        Parameters
        ----------
        scope, window
            Narrow it down to a registration, or to a window, by itself or by its name. A state of workers is by default that of the
            registration registered last.
        where
            What holds for the message: an expression over `data`, `sender`, `receiver`, `channel`, `via` and `size`, as
            ``data.n > 3 and sender == "home"`` (see `swnb.lab.where`), or a function of the `Message`, called in the lab's thread.
        mark
            What happened from there on counts.

        Returns
        -------
        The event or the message; None for a state.

        Raises
        ------
        WaitTimeout
            After `timeout_s` seconds, with the state in which the workers are, and what did happen since the mark.
        WaitFailed
            At once, where it cannot come any more: an install failed.
        """
        _ = self.browser
        limit = self.timeout_s() if timeout_s is None else timeout_s
        waiting = Waiting(cast("AsyncLab", self))
        name = getattr(window, "name", window)
        if name is not None and not isinstance(name, str):
            raise InvalidArgument(f"{window!r} is no window", "give one that `lab.open` returned, or its name")
        return await waiting.wait(condition, scope=scope, window=name, where=where, mark=mark, timeout_s=limit)

    async def settle(self) -> None:
        """Wait until all that the contexts did so far is in the log. Each is asked; a verb asks only whom it is about."""
        await self.catch_up()
        if self.probe is not None and self.alive:
            await self.probe.sweeper.sweep(SETTLE_S)

    async def catch_up(self, *, ids: bool = True) -> None:
        """Wait until nothing that was heard waits to be decided, and the ids of new clients are known; nearly every verb does so.

        Parameters
        ----------
        ids
            False where a window has just begun and its id may come later, for a page takes messages only once it is parsed.
        """
        if self.probe is not None and self.alive:
            await self.probe.drain(SETTLE_S, ids=ids)
