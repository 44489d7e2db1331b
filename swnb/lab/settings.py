"""What can be set of a lab, with its defaults. Plain, since reading it comes before the browser starts."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import ClassVar

from swnb.errors import InvalidArgument, nearest
from swnb.vocab import Attach, Loop


class Settings:
    """Settings of one lab.

    Attributes
    ----------
    executable
        Chromium to start; by default the one that is found.
    connect
        ``ws://`` address of a browser that already runs on this machine, instead of starting one.
    headed
        Whether windows show on the screen.
    open_network
        Whether pages may reach other hosts than ``*.localhost``.
    loop
        ``thread``: the lab has a loop in a thread of its own. ``kernel``: it lives on the loop that is running.
    timeout_s
        Longest wait for an answer, in seconds, where a verb is not told another.
    arguments
        More arguments for Chromium.
    attach
        ``hold``: workers are attached and heard, and Chromium never stops them for being idle. ``detached``: they are left alone.
    payload_bytes
        Up to how many bytes of JSON the log keeps of a message's payload; of a larger one it keeps size and digest.
    at_once
        Whether each fact is told by itself, as soon as it has come about. Otherwise a context that tells very much may hold it
        back for some milliseconds, and a renderer that crashes takes them with it. A busy stream takes up to twice as long.
    sandbox
        Whether Chromium uses its sandbox; by default as any user but root.
    record
        Record each start in this file, in one beside it (``run-2.swnb.jsonl``) where there is one already; None: only when asked.
    redact
        What must not be written into that file: regular expressions, and paths inside payloads (``$.token``).
    """

    DEFAULTS: ClassVar[dict[str, object]] = {
        "executable": None,
        "connect": None,
        "headed": False,
        "open_network": False,
        "loop": Loop.THREAD,
        "timeout_s": 30.0,
        "arguments": (),
        "attach": Attach.HOLD,
        "payload_bytes": 65_536,
        "at_once": False,
        "sandbox": None,
        "record": None,
        "redact": (),
    }

    executable: str | None
    connect: str | None
    headed: bool
    open_network: bool
    loop: Loop
    timeout_s: float
    arguments: Sequence[str]
    attach: Attach
    payload_bytes: int
    at_once: bool
    sandbox: bool | None
    record: str | PathLike[str] | None
    redact: Sequence[str]

    def __init__(self, **given: object) -> None:
        for name in given:
            if name not in self.DEFAULTS:
                near = nearest(name, self.DEFAULTS)
                hint = f"did you mean {near!r}? " if near else ""
                raise InvalidArgument(f"a lab has no setting {name!r}", f"{hint}settings: {', '.join(self.DEFAULTS)}")
        for name, default in self.DEFAULTS.items():
            setattr(self, name, given.get(name, default))
        try:
            self.loop = Loop(self.loop)
        except ValueError:
            raise InvalidArgument(f"{self.loop!r} is no kind of loop", f"one of {', '.join(Loop)}") from None
        try:
            self.attach = Attach(self.attach)
        except ValueError:
            raise InvalidArgument(f"{self.attach!r} is no policy of attaching", f"one of {', '.join(Attach)}") from None
        if isinstance(self.payload_bytes, bool) or not isinstance(self.payload_bytes, int) or self.payload_bytes < 0:
            raise InvalidArgument(f"payload_bytes is {self.payload_bytes!r}", "give a number of bytes, 0 for none")
        if not isinstance(self.timeout_s, (int, float)) or not self.timeout_s > 0:
            raise InvalidArgument(f"timeout_s is {self.timeout_s!r}", "give a number of seconds greater than 0")
        if self.record is not None and (not isinstance(self.record, (str, PathLike)) or not str(self.record)):
            raise InvalidArgument(f"record is {self.record!r}", "give the name of a file: run.swnb.jsonl")
        if self.connect is not None and not str(self.connect).startswith(("ws://", "wss://")):
            raise InvalidArgument(
                f"{self.connect!r} is no address of a browser",
                "give ws://127.0.0.1:PORT/devtools/browser/…, as Chromium prints it",
            )
