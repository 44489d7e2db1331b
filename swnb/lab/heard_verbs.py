"""The methods of a lab's objects that are verbs, and how each is listened to.

They are listened to from the first recording of a process on: before it nothing is in their way.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import wraps
from inspect import signature
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from swnb.clients.mirror import Mirror
from swnb.clients.registration import AsyncServiceWorkerRegistration
from swnb.clients.worker import AsyncServiceWorker
from swnb.lab.async_lab import AsyncLab
from swnb.lab.commands import LISTENING, Listener, listeners, telling
from swnb.lab.notifications import AsyncNotification
from swnb.lab.permissions import AsyncPermissions
from swnb.lab.telling import Teller
from swnb.lab.windows import AsyncWindow

if TYPE_CHECKING:
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
