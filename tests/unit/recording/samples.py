"""Lines to write and to read: one of each sort."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from swnb.events import EVENTS, ConsoleWritten, Event, MessageReceived, MessageSent
from swnb.recording import FORMAT, Body, Command, End, Failure, Header, Late, Line, Recording, SiteFile, Writer, read
from swnb.vocab import MessageVia

SCRIPT = b"addEventListener('install', event => event.waitUntil(skipWaiting()));\n"
PICTURE = bytes(range(256))

DATA = Path(__file__).parents[2] / "data/recordings"

COMMANDS = (
    Command(name="open", given={"url": ["/"], "name": ["home"]}, answer=["home"], end_seq=2, begin_ns=100, end_ns=190),
    Command(
        name="worker.evaluate",
        receiver={"worker": "w1", "scope": "http://lab.localhost/"},
        given={"source": ["nope"]},
        failure=Failure(type="JavaScriptError", what="ReferenceError: nope", name="ReferenceError", message="nope"),
        begin_seq=2,
        end_seq=2,
        begin_ns=200,
        end_ns=290,
    ),
    Command(
        name="wait",
        given={"condition": ["message home worker"], "where": ["function <lambda>"], "mark": [[1], ["O", "after", 1]]},
        answer=[[1], ["O", "sender", "home", "receiver", "w1"]],
        begin_seq=2,
        end_seq=3,
        begin_ns=300,
        end_ns=390,
        saw=(2, 3),
        described=("where",),
    ),
)


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def site(path: str, content: bytes, type_: str) -> SiteFile:
    return SiteFile(origin="lab", path=path, sha256=digest(content), size=len(content), type=type_)


def message(seq: int, text: str = "hello") -> MessageSent:
    content = msgspec.json.encode([[1], ["O", "n", seq, "text", text]])
    return MessageSent(
        seq=seq,
        t_mono_ns=1_000 + seq,
        t_browser_ms=1_763_000_000_000.25 + seq,
        actor="home",
        via=MessageVia.SERVICE_WORKER,
        channel="home→w1",
        content=content,
        size=len(content),
        to="w1",
    )


def events(count: int) -> list[Event]:
    """Messages that are sent and arrive, and lines of the console."""
    made: list[Event] = []
    for seq in range(count):
        if seq % 3 == 0:
            made.append(message(seq))
        elif seq % 3 == 1:
            made.append(
                MessageReceived(
                    seq=seq,
                    t_mono_ns=seq,
                    actor="w1",
                    via=MessageVia.SERVICE_WORKER,
                    channel="home→w1",
                    sender="home",
                    cause=seq - 1,
                    listeners=1,
                )
            )
        else:
            made.append(ConsoleWritten(seq=seq, t_mono_ns=seq, actor="w1", level="log", text=f"got {seq} “…”"))
    return made


def one_of_each() -> list[Event]:
    """One event of each kind, with something in each field that need not be given."""
    return [_sample(kind, seq) for seq, kind in enumerate(dict.fromkeys(EVENTS))]


def _sample(kind: type[Event], seq: int) -> Event:
    fields: dict[str, Any] = {}
    info = msgspec.inspect.type_info(kind)
    assert isinstance(info, msgspec.inspect.StructType)
    for field in info.fields:
        options = field.type.types if isinstance(field.type, msgspec.inspect.UnionType) else (field.type,)
        fields[field.name] = _value(options[0], field.name)
    fields |= {"seq": seq, "cause": max(0, seq - 1)}
    return kind(**fields)


def _value(type_: Any, name: str) -> Any:
    match type_:
        case msgspec.inspect.EnumType():
            return next(iter(type_.cls))
        case msgspec.inspect.BoolType():
            return True
        case msgspec.inspect.IntType():
            return 7
        case msgspec.inspect.FloatType():
            return 12.5
        case msgspec.inspect.BytesType():
            return b'[[1],["O","token","s3cret"]]'
        case msgspec.inspect.VarTupleType():
            return (f"a {name}",)
        case _:
            return f"some {name}"


def lines(heard: Iterable[Event], **header: Any) -> list[Line | Event]:
    """A whole recording, line by line."""
    told = list(heard)
    return [
        Line(header=Header(format=FORMAT, swnb="0.1.0", chromium="Chrome/156.0", lab="lab", **header)),
        Line(body=Body.of(digest(SCRIPT), SCRIPT)),
        Line(site=site("/sw.js", SCRIPT, "text/javascript")),
        Line(body=Body.of(digest(PICTURE), PICTURE)),
        Line(site=site("/picture", PICTURE, "image/png")),
        *told[:2],
        *(Line(command=command) for command in COMMANDS),
        *told[2:],
        *(Line(late=Late(seq=event.seq, before=event.seq - 1, turn=0)) for event in told[4:5]),
        Line(end=End(ended="2026-01-02T03:04:05.678+00:00", t_mono_ns=9, seq=len(told))),
    ]


def write(path: Path, what: Iterable[Line | Event]) -> Path:
    writer = Writer(path, overwrite=True)
    for one in what:
        if isinstance(one, Event):
            writer.event(one)
        else:
            writer.line(one)
    writer.close()
    assert writer.failure is None
    return path


def recording(path: Path, count: int = 9) -> Recording:
    return read(write(path, lines(events(count))))
