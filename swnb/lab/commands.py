"""What the notebook does, heard at one place: each verb that somebody calls, once, from synchronous and asynchronous code.

Synchronous objects call the asynchronous ones, and verbs call each other; of those only the outermost is a command.
`swnb.lab.heard_verbs` and `swnb.lab.direct` say which methods are verbs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from time import monotonic_ns
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from swnb.browser.exchange import NeedsLoop
from swnb.lab.async_lab import AsyncLab
from swnb.lab.telling import Teller, seen
from swnb.recording import Command, Failure

if TYPE_CHECKING:
    from swnb.lab.recorder import AsyncRecorder
    from swnb.log import Log


CELL: Final = re.compile(r"\n//# sourceURL=In\[\d+\]\s*\Z")
"""What a cell's script ends with: the cell's number, another one whenever it is executed, which the notebook did not say."""

LISTENING: dict[int, tuple[Listener, ...]] = {}
"""Who hears of commands, by the id of the lab's log; empty as long as nothing is recorded."""

INSIDE: ContextVar[bool] = ContextVar("swnb_inside_a_verb", default=False)
"""Whether a verb runs already: what it calls is no command of the notebook's."""


class Begun(NamedTuple):
    """A command that has not ended."""

    name: str
    receiver: dict[str, str]
    given: dict[str, list[Any]]
    described: tuple[str, ...]
    seq: int
    t_ns: int


@dataclass
class Ending:
    """How a command ended.

    Attributes
    ----------
    result, error
        What it returned, or raised.
    body
        What it gave to a site, which is kept by its digest.
    counts
        False for one that did nothing after all.
    """

    result: object = None
    error: BaseException | None = None
    body: str | bytes | None = None
    counts: bool = True


class Listener:
    """Hears of one lab's commands for one recorder."""

    def __init__(self, lab: AsyncLab, recorder: AsyncRecorder) -> None:
        self.lab = lab
        self.teller = Teller(lab)
        self.recorder = recorder

    def begin(self, name: str, receiver: Callable[[Teller], dict[str, str]], given: Mapping[str, object]) -> Begun:
        """A verb begins. Its arguments are taken down now: whoever gave them may change them."""
        try:
            of = receiver(self.teller)
        except Exception:  # what is asked for it may be gone with the browser
            of = {}
        told = dict(given)
        source = told.get("source")
        if isinstance(source, str):
            told["source"] = CELL.sub("", source)
        client = told.get("client")
        known = self.teller.client(client) if isinstance(client, str) else None
        if known is not None:
            told["client"] = {"client": known, "id": client}
        wires, described = self.teller.arguments(told)
        return Begun(name, of, wires, described, len(self.lab.log), monotonic_ns())

    def end(self, begun: Begun, ending: Ending) -> None:
        """It ended."""
        end_seq = len(self.lab.log)
        self.teller.ended(end_seq)
        error, described = ending.error, begun.described
        answer, worded = self.teller.result(ending.result) if error is None else (None, False)
        command = Command(
            name=begun.name,
            receiver=begun.receiver,
            given=begun.given,
            answer=answer,
            failure=None if error is None else Failure.of(error),
            begin_seq=begun.seq,
            end_seq=end_seq,
            begin_ns=begun.t_ns,
            end_ns=monotonic_ns(),
            saw=seen(ending.result),
            described=(*described, "result") if worded else described,
        )
        self.recorder.command(command, ending.body)


def listen(lab: AsyncLab, recorder: AsyncRecorder) -> None:
    """Let a recorder hear of a lab's commands from now on."""
    from swnb.lab import direct, heard_verbs

    heard_verbs.install()
    direct.install()
    LISTENING[id(lab.log)] = (*LISTENING.get(id(lab.log), ()), Listener(lab, recorder))


def hush(lab: AsyncLab, recorder: AsyncRecorder) -> None:
    """Let it hear of none any more."""
    others = tuple(one for one in LISTENING.pop(id(lab.log), ()) if one.recorder is not recorder)
    if others:
        LISTENING[id(lab.log)] = others


def listeners(log: Log) -> tuple[Listener, ...]:
    """Return who hears of a command that begins now: nobody, where it is called by another one."""
    return () if not LISTENING or INSIDE.get() else LISTENING.get(id(log), ())


@contextmanager
def telling(
    those: Sequence[Listener], name: str, receiver: Callable[[Teller], dict[str, str]], given: Mapping[str, object]
) -> Iterator[Ending]:
    """Tell of a command, which is the body of the ``with``; what it returns is given to what this yields."""
    begun = [(listener, listener.begin(name, receiver, given)) for listener in those]
    ending = Ending()
    token = INSIDE.set(True)
    try:
        yield ending
    except (NeedsLoop, GeneratorExit):  # it is given up before it did anything, and begins anew elsewhere
        raise
    except BaseException as error:
        for listener, one in begun:
            listener.end(one, Ending(error=error, body=ending.body))
        raise
    else:
        for listener, one in begun if ending.counts else ():
            listener.end(one, ending)
    finally:
        with suppress(ValueError):  # nobody awaits it any more, and it is closed wherever that was noticed
            INSIDE.reset(token)
