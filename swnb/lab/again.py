"""The commands of a recording, given again one after the other."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from swnb import events as e
from swnb.errors import BrowserGone, SwnbError
from swnb.lab.async_lab import AsyncLab
from swnb.lab.giving import CannotReplay, give
from swnb.log import Mark
from swnb.recording import Command, Recording

AWAITED: frozenset[type[e.Event]] = frozenset(
    {
        e.CallAnswered,
        e.ClientAppeared,
        e.ClientControlled,
        e.ClientGone,
        e.ClientIdentified,  # in words and results it is told by its name from then on
        e.ConsoleWritten,
        e.ControllerChange,
        e.EventSettled,
        e.MessageReceived,
        e.MessageSent,
        e.MessagesStarted,
        e.NotificationClicked,
        e.NotificationDisplayed,
        e.NotificationRemoved,
        e.NotificationShown,
        e.PushReceived,
        e.SyncReceived,
        e.WindowLoaded,
        e.WorkerStateChanged,
    }
)
"""Facts that a command waits for, if they were there before it in the recording."""

PATIENCE_S = 5.0
"""How long a command waits for them; a run that has gone another way is not waited for again so long."""

IMPATIENCE_S = 0.5
"""How long after the last of them came, where none need come any more."""


class ReplayBroken(BrowserGone):
    """The browser ended before all commands were given again.

    Attributes
    ----------
    at
        Where it was seen, in words.
    """

    def __init__(self, at: str) -> None:
        self.at = at
        self.reason = "it ended in the middle of a replay"
        SwnbError.__init__(
            self,
            f"the browser ended in the middle of the replay, before {at}",
            "replay it again; the new recording has what happened until then, where a file was named for it",
        )


class Again:
    """Gives commands again, some of them at the same time."""

    def __init__(self, lab: AsyncLab, recording: Recording) -> None:
        self._lab = lab
        self._recording = recording
        self.notes: list[str] = []
        self._running: list[tuple[int, asyncio.Task[None]]] = []
        self._begun: list[int] = []  # where in this log each began
        self._expected: Counter[type[e.Event]] = Counter()
        self._seen: Counter[type[e.Event]] = Counter()
        self._place = 0  # of the recorded events that are counted
        self._looked = 0
        self._patience_s = PATIENCE_S
        self._cut = False  # whether what is waited for may come of a command that was under way, and is not written

    async def begin(self, command: Command) -> None:
        """Begin a command, once what was before it in the recording is so again."""
        for ended_ns, task in self._running:
            if ended_ns <= command.begin_ns:
                await task
        self._running = [(ended_ns, task) for ended_ns, task in self._running if not task.done()]
        await self._caught_up(command.begin_seq, command)
        self._begun.append(len(self._lab.log))
        task = asyncio.get_running_loop().create_task(self._give(command))
        self._running.append((command.end_ns, task))
        await asyncio.sleep(0)

    async def end(self) -> None:
        """Wait for the last commands, and for what came after them in the recording."""
        for _, task in self._running:
            await task
        if self._recording.end is None:
            self._cut, self._patience_s = True, IMPATIENCE_S
        await self._caught_up(None, None)
        await self._lab.catch_up()

    def _check(self, command: Command | None) -> None:
        """Raise where the browser is gone, if it was not in the recording: no command would do anything any more."""
        if not self._lab.alive and not any(
            each.failure is not None and each.failure.type == BrowserGone.__name__ for each in self._recording.commands
        ):
            raise ReplayBroken(f"{command or 'the end'}")

    async def _caught_up(self, seq: int | None, command: Command | None) -> None:
        """Wait until as many facts of each kind are there as were in the recording."""
        self._check(command)
        events = self._recording.events
        while self._place < len(events) and (seq is None or events[self._place].seq < seq):
            kind = type(events[self._place])
            if kind in AWAITED:
                self._expected[kind] += 1
            self._place += 1
        loop = asyncio.get_running_loop()
        began = loop.time()
        while missing := self._missing():
            waited_s = loop.time() - began
            if set(missing) == {e.WindowLoaded} and waited_s > IMPATIENCE_S:
                # a window that was closed or went on may fire it or not
                self._expected[e.WindowLoaded] = self._seen[e.WindowLoaded]
                continue
            if waited_s > self._patience_s:
                self._give_up(missing, command)
                return
            looked = self._looked
            await asyncio.sleep(0.005)
            self._check(command)
            if self._cut and len(self._lab.log) > looked:
                began = loop.time()

    def _give_up(self, missing: Counter[type[e.Event]], command: Command | None) -> None:
        told = ", ".join(sorted(f"{kind.__struct_config__.tag} ×{count}" for kind, count in missing.items()))
        self.notes.append(f"before {command or 'the end'}: not there, as it was in the recording: {told}")
        self._patience_s = IMPATIENCE_S
        self._expected = Counter(self._seen)

    def _missing(self) -> Counter[type[e.Event]]:
        for event in self._lab.log.since(Mark(self._looked)):
            self._looked = event.seq + 1
            if type(event) in AWAITED:
                self._seen[type(event)] += 1
        return self._expected - self._seen

    async def _give(self, command: Command) -> None:
        if any(name != "result" for name in command.described):
            self.notes.append(f"not given again: {command}: {', '.join(command.described)} cannot be written down")
            return
        try:
            await give(self._lab, command, self._arguments(command))
        except CannotReplay as error:
            self.notes.append(f"not given again: {command}: {error.what}")
        except SwnbError:  # it is in the new recording, and compared there
            pass
        except Exception as error:  # a caller's own, as of a wrong argument
            if command.failure is None:
                self.notes.append(f"{command} raised {type(error).__name__}: {error}")

    def _arguments(self, command: Command) -> dict[str, Any]:
        """Return a command's arguments as they are now: a client of this browser, a place in this log."""
        given = dict(command.arguments)
        given.pop("of", None)
        client = given.get("client")
        if isinstance(client, dict):
            given["client"] = self._client(str(client.get("client")), str(client.get("id")))
        body = given.get("body")
        if command.name == "site.write" and isinstance(body, dict):
            content = self._recording.files.get(str(body.get("sha256")))
            given["body"] = body if content is None else content if body.get("bytes") else _as_text(content)
        mark = given.get("mark")
        if isinstance(mark, dict):  # set after so many commands
            given["mark"] = self._mark(int(str(mark.get("after", 0))))
        return given

    def _client(self, label: str, former: str) -> str:
        """Return the id that a recorded client has now: of the clients that are called the same, the one that came as the same."""
        told = list(_appeared(self._recording.events))
        mine = next((event for event in told if event.client == label), None)
        if mine is None:
            return former
        nth = [event.client for event in told if _called(event) == _called(mine)].index(label)
        now = [event.client for event in _appeared(self._lab.log) if _called(event) == _called(mine)]
        if nth >= len(now):
            return former
        ids = (
            event.id for event in self._lab.log if isinstance(event, e.ClientIdentified) and event.client == now[nth]
        )
        return next(ids, None) or mine.name or former

    def _mark(self, commands: int) -> Mark:
        return Mark(self._begun[commands] if commands < len(self._begun) else len(self._lab.log))


def _as_text(content: bytes) -> str | bytes:
    try:
        return content.decode(errors="surrogatepass")
    except UnicodeDecodeError:  # no text, by whomever it was written
        return content


def _appeared(events: Iterable[e.Event]) -> Iterator[e.ClientAppeared]:
    return (event for event in events if isinstance(event, e.ClientAppeared))


def _called(event: e.ClientAppeared) -> tuple[str, ...]:
    """Return what a client is called by in any run: the name of its window; else what it is, and where."""
    return (event.name,) if event.name is not None else ("", event.type, event.url)
