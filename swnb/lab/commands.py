"""What the notebook does, heard at one place: each verb that somebody calls, once, from synchronous and asynchronous code.

Synchronous objects call the asynchronous ones, and verbs call each other; of those only the outermost is a command. `VERBS` says
which methods are verbs. They are listened to from the first recording of a process on: before it nothing is in their way.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from inspect import signature
from operator import attrgetter
from time import monotonic_ns
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from swnb.browser.exchange import NeedsLoop
from swnb.clients.mirror import Mirror
from swnb.clients.registration import AsyncServiceWorkerRegistration
from swnb.clients.worker import AsyncServiceWorker
from swnb.lab.async_lab import AsyncLab
from swnb.lab.notifications import AsyncNotification
from swnb.lab.permissions import AsyncPermissions
from swnb.lab.telling import Teller, seen
from swnb.lab.windows import AsyncWindow
from swnb.recording import Command, Failure

if TYPE_CHECKING:
    from swnb.lab.recorder import AsyncRecorder
    from swnb.log import Log

Receiver = Callable[[Teller, Any], dict[str, str]]


class Verbs(NamedTuple):
    """The verbs of one class.

    Attributes
    ----------
    owner
        The class.
    log
        Where its objects have the lab's log: names of attributes with dots between them.
    receiver
        Says whose verb it is.
    names
        What each command is called, by the method's name.
    """

    owner: type
    log: str
    receiver: Receiver
    names: Mapping[str, str]


def _named(prefix: str, *names: str) -> dict[str, str]:
    return {name: f"{prefix}{name}" for name in names}


def _asked(teller: Teller, mirror: Any) -> dict[str, str]:
    """Return the worker whose clients are asked."""
    worker = getattr(mirror._realm, "__self__", None)
    return teller.worker(worker) if isinstance(worker, AsyncServiceWorker) else {}


VERBS: Final = (
    Verbs(
        AsyncLab,
        "log",
        lambda *_: {},
        _named("", "open", "register", "wait", "settle", "push", "sync", "periodic_sync"),
    ),
    Verbs(
        AsyncWindow,
        "_home.log",
        lambda _, window: {"window": window.name},
        _named("window.", "evaluate", "reload", "goto", "close"),
    ),
    Verbs(
        AsyncServiceWorker,
        "_workers.directory.log",
        Teller.worker,
        _named("worker.", "evaluate", "post_message", "stop", "start"),
    ),
    Verbs(
        AsyncServiceWorkerRegistration,
        "_workers.directory.log",
        lambda _, registration: {"scope": registration.scope},
        _named("registration.", "update", "unregister", "navigation_preload", "skip_waiting"),
    ),
    Verbs(
        Mirror,
        "_directory.log",
        _asked,
        {
            "find": "clients.get",
            **_named("clients.", "match_all", "claim", "open_window"),
            **_named("client.", "post_message", "focus", "navigate"),
        },
    ),
    Verbs(
        AsyncNotification,
        "_book._log",
        lambda _, notification: {"notification": str(notification.number), "title": notification.title},
        _named("notification.", "click", "dismiss"),
    ),
    Verbs(AsyncPermissions, "_log", lambda *_: {}, _named("permissions.", "set", "get", "reset")),
)
"""All verbs that are awaited; `swnb.lab.direct` has the others."""

PUBLIC: Final = {"client_type": "type", "client_id": "client", "id_or_name": "client"}
"""What parameters are called in the API, where the method that all go through calls them otherwise."""

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
    from swnb.lab import direct

    install()
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
            listener.end(one, Ending(error=error))
        raise
    else:
        for listener, one in begun if ending.counts else ():
            listener.end(one, ending)
    finally:
        with suppress(ValueError):  # nobody awaits it any more, and it is closed wherever that was noticed
            INSIDE.reset(token)


def install() -> None:
    """Listen to the verbs; a second call does nothing."""
    for verbs in VERBS:
        for method, name in verbs.names.items():
            verb = getattr(verbs.owner, method)
            if not hasattr(verb, "command"):
                setattr(verbs.owner, method, _heard(verb, name, verbs))


Verb = Callable[..., Coroutine[Any, Any, Any]]


class Parameters:
    """The parameters of a verb."""

    def __init__(self, verb: Callable[..., object]) -> None:
        known = list(signature(verb).parameters.values())[1:]
        self._names = [parameter.name for parameter in known]
        self._defaults = {parameter.name: parameter.default for parameter in known}

    def given(self, args: Sequence[object], kwargs: Mapping[str, object]) -> dict[str, object]:
        """Return the arguments of a call by their names in the API, without those that are as by default."""
        given = {**dict(zip(self._names, args, strict=False)), **kwargs}
        return {
            PUBLIC.get(name, name): value
            for name, value in given.items()
            if value is not self._defaults.get(name, _NONE)
        }


_NONE: Final = object()


def _heard(verb: Verb, name: str, verbs: Verbs) -> Verb:
    """Return a verb that is told of where its lab is recorded."""
    log_of: Callable[[Any], Log] = attrgetter(verbs.log)
    parameters = Parameters(verb)

    @wraps(verb)
    def called(self: Any, *args: Any, **kwargs: Any) -> Coroutine[Any, Any, Any]:
        those = listeners(log_of(self)) if LISTENING else ()
        if not those:
            return verb(self, *args, **kwargs)
        return recorded(self, those, args, kwargs)

    async def recorded(self: Any, those: Sequence[Listener], args: Any, kwargs: Any) -> Any:
        with telling(
            those, name, lambda teller: verbs.receiver(teller, self), parameters.given(args, kwargs)
        ) as ending:
            ending.result = await verb(self, *args, **kwargs)
        return ending.result

    called.command = name  # type: ignore[attr-defined]
    return called
