"""The tree of errors. Each one holds its data and says in two lines what happened and what to do.

::

    SwnbError
    ├── BrowserError
    │   ├── BrowserNotFound       no Chromium on this machine
    │   │   └── BrowserUnusable   the one that was named is missing or cannot be run
    │   ├── BrowserStartFailed    it was found and did not start
    │   ├── BrowserGone           it ended, or the connection to it did
    │   ├── ProtocolError         a CDP command was refused
    │   └── TargetGone            a window or worker ended (closed, crashed, stopped) while it was asked
    ├── LabError
    │   ├── NotStarted            a verb before the lab was started
    │   ├── AlreadyStarted        a second start
    │   ├── SiteError             a path, folder or route that cannot be served
    │   ├── WindowUnknown         no window of that name
    │   ├── WindowAmbiguous       a name that could stand for more than one client
    │   ├── RegistrationUnknown   no registration with that scope
    │   ├── WorkerMissing         no worker in that role
    │   ├── WorkerStopped         it is stopped, and cannot be started by the browser's rules
    │   ├── ClientGone            the client does not exist any more
    │   ├── WindowNoClient        a window that is no client of the worker that was asked
    │   ├── WaitTimeout           what was waited for did not come
    │   │   └── WaitFailed        and cannot come any more
    │   └── InvalidArgument       an argument out of its range
    ├── EvaluationError
    │   ├── JavaScriptError       the script threw, or the browser refused (its own DOMException or TypeError)
    │   └── EvaluationTimeout     no answer in time; the execution was terminated
    ├── ValueNotCloneable         a value that cannot cross, with the path to it inside the whole
    └── MalformedValue            what came from the browser is no table of values

Apart stands `Interrupted`, a `KeyboardInterrupt`: the user's wish to stop is no error, and no ``except Exception`` may swallow it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is most like `word`, or None where none is near."""
    from difflib import get_close_matches

    found = get_close_matches(word, list(known), n=1, cutoff=0.5)
    return found[0] if found else None


LONGEST = 2_000
"""Characters of an error's line; what a page says may be of any length."""


def one_line(text: str) -> str:
    """Return `text` as one line that a terminal and a notebook can show: no control characters, and not endless."""
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}… ({len(text):,} characters)"
    if text.isprintable():
        return text
    return "".join("↵" if c == "\n" else c if c.isprintable() else "·" for c in text)


class SwnbError(Exception):
    """Root of every error of swnb.

    Parameters
    ----------
    what
        One sentence: what happened.
    todo
        One sentence: what to do about it.
    """

    def __init__(self, what: str = "", todo: str = "") -> None:
        super().__init__(what, todo)
        self.what = one_line(what)
        self.todo = one_line(todo)

    def __str__(self) -> str:
        return f"{self.what}\n{self.todo}" if self.todo else self.what

    def _render_traceback_(self) -> list[str]:
        """IPython's hook: show what happened and what to do instead of a Python traceback."""
        first, *rest = str(self).split("\n")
        return [f"{type(self).__name__}: {first}", *(f"  {line}" for line in rest)]


class BrowserError(SwnbError):
    """Something between swnb and Chromium."""


class BrowserNotFound(BrowserError):
    """No Chromium was found on this machine."""

    def __init__(self, searched: Sequence[str]) -> None:
        self.searched = list(searched)
        super().__init__(
            f"no Chromium found (looked for {', '.join(self.searched)})",
            "install one (Debian, Ubuntu: `apt-get install chromium`), or name it: SWNB_CHROMIUM=/path/to/chromium; "
            "`swnb doctor` says more",
        )


class BrowserUnusable(BrowserNotFound):
    """The Chromium that was named is missing or cannot be run.

    Attributes
    ----------
    executable
        What was named.
    source
        Where: an environment variable's name, or "the configuration".
    """

    def __init__(self, executable: str, source: str, reason: str) -> None:
        self.executable = executable
        self.source = source
        self.searched = [executable]
        BrowserError.__init__(
            self,
            f"the Chromium named by {source}, {executable}, {reason}",
            "name one that is there, or take the setting away: the usual names and places are searched then",
        )


class BrowserStartFailed(BrowserError):
    """Chromium was found and did not start."""

    def __init__(self, executable: str, reason: str) -> None:
        self.executable = executable
        self.reason = reason
        super().__init__(f"{executable} did not start: {reason}", "`swnb doctor` checks the browser and its sandbox")


class BrowserGone(BrowserError):
    """The browser ended, or the connection to it did."""

    def __init__(self, reason: str = "the browser ended") -> None:
        self.reason = reason
        super().__init__(f"the browser is gone: {reason}", "start anew: `%sw start`, or a new Lab()")


class ProtocolError(BrowserError):
    """Chromium refused a command of the DevTools protocol."""

    def __init__(self, method: str, code: int, message: str, data: str = "") -> None:
        self.method = method
        self.code = code
        self.message = message
        self.data = data
        detail = f"{message} ({data})" if data else message
        super().__init__(f"{method}: {detail}", "this Chromium may be too old, or the target ended meanwhile")


class TargetGone(BrowserError):
    """A window or a worker ended while it was asked."""

    def __init__(self, target: str, reason: str) -> None:
        self.target = target
        self.reason = reason
        super().__init__(f"{target} {reason}", "open it or start it again; the lab itself is usable")


class LabError(SwnbError):
    """A verb that cannot be done as things are."""


class NotStarted(LabError):
    """A verb before the lab was started."""

    def __init__(self, verb: str = "this verb") -> None:
        self.verb = verb
        super().__init__(
            f"{verb} needs a browser, and none is started", "run `%sw start` (or use `with swnb.Lab() as lab:`)"
        )


class AlreadyStarted(LabError):
    """A second start."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"the lab {name!r} is already started",
            "go on with it, end it with `%sw stop`, or start another: `%sw start --lab NAME`",
        )


class SiteError(LabError):
    """A path, folder or route that cannot be served."""


class InvalidArgument(LabError):
    """An argument out of its range."""


class WindowUnknown(LabError):
    """No window of that name."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        self.name = name
        self.known = list(known)
        near = nearest(name, self.known)
        hint = f"did you mean {near!r}? " if near else ""
        listed = ", ".join(self.known) or "none"
        super().__init__(f"no window is named {name!r}", f"{hint}windows: {listed}; open one: `%sw open / --as {name}`")


class WindowAmbiguous(LabError):
    """A name that could stand for more than one client."""

    def __init__(self, name: str, candidates: Sequence[str]) -> None:
        self.name = name
        self.candidates = list(candidates)
        super().__init__(
            f"the window {name!r} cannot be told from another: it could be {' or '.join(self.candidates)}",
            "give the client's id, or open the windows at different URLs (a different #fragment is enough)",
        )


class RegistrationUnknown(LabError):
    """No registration with that scope."""

    def __init__(self, scope: str | None, known: Sequence[str]) -> None:
        self.scope = scope
        self.known = list(known)
        what = "there is no registration" if scope is None else f"no registration has the scope {scope}"
        listed = ", ".join(self.known)
        super().__init__(
            what, f"scopes: {listed}" if listed else "register a worker: `%sw register /sw.js --in WINDOW`"
        )


class WorkerMissing(LabError):
    """No worker in that role."""

    def __init__(self, role: str, scope: str, present: Sequence[str]) -> None:
        self.role = role
        self.scope = scope
        self.present = list(present)
        listed = ", ".join(self.present) or "no worker at all"
        super().__init__(f"{scope} has no {role} worker", f"it has {listed}; `%sw wait active` waits for an active one")


class WorkerStopped(LabError):
    """The worker is stopped, and the browser has no way to start it."""

    def __init__(self, worker: str, why: str) -> None:
        self.worker = worker
        self.why = why
        super().__init__(f"{worker} is stopped: {why}", "register it again, or ask the active worker")


class ClientGone(LabError):
    """The client does not exist any more.

    Attributes
    ----------
    client_id, url
        The client's.
    last_seen
        Local time of day at which swnb last saw it.
    """

    def __init__(self, client_id: str, url: str, last_seen: str) -> None:
        self.client_id = client_id
        self.url = url
        self.last_seen = last_seen
        seen = f"it was last seen at {last_seen}" if last_seen else "it was never seen"
        super().__init__(
            f"the client {client_id} ({url or 'URL unknown'}) is gone; {seen}",
            "ask for the clients again: a window's id changes when it navigates or reloads",
        )


class WindowNoClient(LabError):
    """The worker that was asked has no client for a window."""

    def __init__(self, name: str, url: str) -> None:
        self.name = name
        self.url = url
        super().__init__(
            f"the worker has no client for the window {name!r}, which shows {url or 'nothing'}",
            "a worker knows the documents of its own origin; an error page, a sandboxed or another origin's one is not its client",
        )


class WaitTimeout(LabError):
    """What was waited for did not come."""

    def __init__(self, condition: str, timeout_s: float, state: str) -> None:
        self.condition = condition
        self.timeout_s = timeout_s
        self.state = state
        super().__init__(
            f"waited {timeout_s:g} s for {condition!r}; now: {state}",
            "mend the cause, or wait longer: --timeout SECONDS",
        )


class WaitFailed(WaitTimeout):
    """What is waited for cannot come any more; `state` says what happened instead."""

    def __init__(self, condition: str, timeout_s: float, why: str) -> None:
        super().__init__(condition, timeout_s, why)
        SwnbError.__init__(self, f"{condition!r} cannot come any more: {why}", "mend the script and register it again")


class EvaluationError(SwnbError):
    """An evaluation that gave no value."""


class StackFrame(NamedTuple):
    """One call of a JavaScript stack. Lines and columns count from 1."""

    function: str
    url: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"at {self.function or '<cell>'} ({self.url or 'cell'}:{self.line}:{self.column})"


class JavaScriptError(EvaluationError):
    """The script threw, or the browser refused with an exception of its own.

    Attributes
    ----------
    name
        The error's ``name`` (``TypeError``, ``InvalidAccessError``, …); ``""`` where what was thrown is no error.
    message
        Its message.
    line, column
        Place in the evaluated source, counted from 1; 0 where unknown.
    source_line
        The text of that line, ``""`` where unknown.
    frames
        The JavaScript stack, innermost first.
    value
        What was thrown, as a Python value.
    """

    def __init__(
        self,
        name: str,
        message: str,
        *,
        line: int = 0,
        column: int = 0,
        source_line: str = "",
        frames: Sequence[StackFrame] = (),
        value: object = None,
        todo: str = "",
    ) -> None:
        self.name = name
        self.message = message
        self.line = line
        self.column = column
        self.source_line = source_line
        self.frames = tuple(frames)
        self.value = value
        what = f"{name}: {message}" if name and message else (name or message)
        where = f"line {line}, column {column}" if line else ""
        super().__init__(what, todo or where)

    def _render_traceback_(self) -> list[str]:
        """Show message, line of the cell with a caret, and the JavaScript stack."""
        lines = [f"JavaScriptError: {self.what}"]
        if self.line:
            lines.append(f"  line {self.line}, column {self.column} of the cell")
        if self.source_line:
            prefix = f"  {self.line:>4} | "
            start = max(0, self.column - 80)
            lines.append(prefix + one_line(self.source_line)[start : start + 120])
            lines.append(" " * (len(prefix) + max(0, self.column - 1 - start)) + "^")
        lines += [f"    {one_line(str(frame))}" for frame in self.frames[:12]]
        if self.todo and not self.todo.startswith("line "):
            lines.append(f"  {self.todo}")
        return lines


class EvaluationTimeout(EvaluationError):
    """No answer in time; the execution was terminated where it was running."""

    def __init__(self, timeout_s: float, where: str, ending: str = "") -> None:
        self.timeout_s = timeout_s
        self.where = where
        super().__init__(
            f"no answer from {where} within {timeout_s:g} s{ending}",
            "an endless loop, or a promise that never settles; `--timeout SECONDS` waits longer",
        )


class Interrupted(KeyboardInterrupt):
    """The user interrupted a verb, at a place where nothing could be torn."""

    def __str__(self) -> str:
        return "interrupted; what had begun in the browser was terminated, and the lab is usable"

    def _render_traceback_(self) -> list[str]:
        """IPython's hook: two lines instead of a Python traceback."""
        return [
            "Interrupted: the verb was stopped",
            "  what it had begun in the browser was terminated; the lab is usable",
        ]


class ValueNotCloneable(SwnbError):
    """A value that cannot cross between Python and JavaScript.

    Attributes
    ----------
    path
        Place inside the whole, written as one would in the language it comes from: ``value["a"][3]``.
    reason
        Why it cannot.
    """

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(
            f"{path} cannot be sent: {reason}", "send plain data; the value table in the README lists what can cross"
        )


class MalformedValue(SwnbError):
    """What came from the browser is no table of values.

    Attributes
    ----------
    node
        Index of the bad node of the table.
    reason
        What is wrong with it.
    """

    def __init__(self, node: int, reason: str) -> None:
        self.node = node
        self.reason = reason
        super().__init__(
            f"the browser's answer is damaged at node {node}: {reason}",
            "the page or worker has interfered with swnb's script there; open it anew",
        )
