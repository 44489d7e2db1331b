"""What is kept: a session of a page and a worker, and recordings of any length that are made of its events."""

from __future__ import annotations

import random
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

import swnb

WORKER = """
addEventListener("install", event => event.waitUntil(skipWaiting()));
addEventListener("activate", event => event.waitUntil(clients.claim()));
const room = new BroadcastChannel("news");
addEventListener("message", event => {
  const { n } = event.data;
  if (event.ports.length) event.ports[0].postMessage({ got: event.data, from: event.source.id });
  else event.source.postMessage({ echo: event.data });
  if (n % 10 === 0) { console.log("heard", n); room.postMessage({ n, text: `news ${n}` }); }
});
"""

PAGE = """<!doctype html><title>home</title><script>
const { serviceWorker } = navigator, room = new BroadcastChannel("news");
room.onmessage = () => {};
const next = (target, start) => new Promise(done => {
  target.addEventListener("message", event => done(event.data), { once: true });
  start();
});
globalThis.talk = async (from, count) => {
  for (let n = from; n < from + count; n++) {
    await next(serviceWorker, () => serviceWorker.controller.postMessage({ n, text: `message ${n}`, list: [n, n + 1] }));
  }
  return count;
};
globalThis.ask = async n => {
  const { port1, port2 } = new MessageChannel();
  return next(port1, () => { port1.start(); serviceWorker.controller.postMessage({ n, ask: "by a port" }, [port2]); });
};
serviceWorker.startMessages();
</script>"""


def prepare(lab: swnb.Lab) -> swnb.Window:
    """Serve the page, and let the worker control it."""
    lab.site.write("/", PAGE, content_type="text/html")
    lab.site.write("/sw.js", WORKER)
    home = lab.open("/", name="home")
    lab.register("/sw.js", window=home)
    lab.wait("controlled home")
    return home


def talk(lab: swnb.Lab, home: swnb.Window, rounds: int, first: int = 1000) -> None:
    """Let page and worker exchange messages, and the notebook ask both: fourteen commands and 300 events in each round."""
    for n in range(first, first + 60 * rounds, 60):
        for each in range(n, n + 60, 10):
            home.evaluate(f"talk({each}, 10)")
        home.evaluate(f"(await ask({n})).got.n")
        lab.worker.evaluate(f"{n} + registration.scope")
        lab.clients.match_all()


def session(lab: swnb.Lab, rounds: int) -> None:
    """Do a bit of everything."""
    home = prepare(lab)
    talk(lab, home, rounds)
    home.reload()
    lab.wait("controlled home")
    talk(lab, home, 1, 9000)
    lab.settle()


# ---- many events --------------------------------------------------------------------------------------------------

LABEL = re.compile(r"\b([cw])(\d+)\b")
PORT = re.compile(r"\bport (\d+)")
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NUMBER = re.compile(r"(?<![0-9a-f-])[1-9]\d{3}(?![0-9a-f-])")
COUNTED = ("seq", "cause", "before", "begin_seq", "end_seq")
CLOCKS = ("t_mono_ns", "begin_ns", "end_ns")


class Multiplied:
    """The lines of a session, again and again: who is in it, clocks, numbers and ids are others each time.

    Parameters
    ----------
    path
        Of the session's recording.
    choice
        Of the ids, clocks and pauses, which no comparison looks at.
    """

    def __init__(self, path: Path, choice: int) -> None:
        self._choice = random.Random(choice)
        lines = [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]
        self._header, self._end = lines[0], lines[-1]
        self._files = [line for line in lines if line.keys() & {"body", "site"}]
        self._lines = [line for line in lines[1:-1] if not line.keys() & {"body", "site"}]
        self.events = sum("event" in line for line in self._lines)
        names = [text for line in self._lines for text in _texts(line) if text]
        self._labels = max(int(each[2]) for text in names for each in LABEL.finditer(text))
        self._ports = max((int(each[1]) for text in names for each in PORT.finditer(text)), default=0)

    def write(self, path: Path, count: int) -> Path:
        """Write a recording of so many events."""
        encode = msgspec.json.Encoder().encode
        with path.open("wb") as file:
            file.writelines(encode(line) + b"\n" for line in (self._header, *self._files))
            written = 0
            for copy in range(-(-count // self.events)):
                again = self._copy(copy)
                for line in self._lines:
                    if "event" in line:
                        if written == count:
                            break
                        written += 1
                    file.write(encode(again(line)) + b"\n")
            self._end["end"] |= {"seq": count}
            file.write(encode(self._end) + b"\n")
        return path

    def _copy(self, copy: int) -> Callable[[dict[str, Any]], dict[str, Any]]:
        base, labels, ports = copy * self.events, copy * self._labels, copy * self._ports
        since_ms = copy * 60_000.0 + self._choice.random() * 1000
        ids: dict[str, str] = {}

        def id_of(match: re.Match[str]) -> str:
            if match[0] not in ids:
                ids[match[0]] = str(UUID(int=self._choice.getrandbits(128), version=4))
            return ids[match[0]]

        def text(told: str) -> str:
            told = LABEL.sub(lambda each: f"{each[1]}{int(each[2]) + labels}", told)
            told = PORT.sub(lambda each: f"port {int(each[1]) + ports}", told)
            return ID.sub(id_of, told) if len(told) > 30 else told

        def payload(content: str) -> str:
            told = b64decode(content).decode()
            told = NUMBER.sub(lambda each: str(1000 + (int(each[0]) * 31 + copy * 17) % 9000), told)
            return b64encode(ID.sub(id_of, told).encode()).decode()

        def value(name: str, given: Any) -> Any:
            if name in COUNTED:
                return given + base
            if name in CLOCKS:
                return given + int(since_ms * 1e6)
            if name == "t_browser_ms":
                return given + since_ms
            if name in ("content", "arguments", "result") and isinstance(given, str):
                return payload(given)
            if isinstance(given, str):
                return text(given)
            if isinstance(given, list):
                return [value("", each) if name != "saw" else each + base for each in given]
            return (
                {key: value(key if name == "" else "", each) for key, each in given.items()}
                if isinstance(given, dict)
                else given
            )

        def again(line: dict[str, Any]) -> dict[str, Any]:
            (sort,) = line
            return {sort: {name: value(name, given) for name, given in line[sort].items()}}

        return again


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
