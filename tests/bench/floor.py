"""The floor: Chromium over a bare pipe, synchronous, nothing but the standard library.

`os.posix_spawn` puts the pipe on Chromium's descriptors 3 and 4; a command is one blocking `os.write`, its answer what
blocking `os.read` brings up to the next NUL, decoded with `json.loads`; sessions are flat. It does no more than a good
engineer would write for exactly this job, and no less: events are skipped, errors raise.

The flags are swnb's own (headless, no GPU, quiet, no crash handler, the host mapping, for root no sandbox), so that
both drive the same browser; `--no-startup-window` is there in any case, since this job needs no first tab. `EVALUATE`
and `LISTING` hold the parameters that swnb sends.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from typing import Any, Final

from tests.bench import material
from tests.bench.contest import Contestant, Stage

EVALUATE: Final[dict[str, object]] = {"replMode": True, "awaitPromise": True}
"""The parameters of `Runtime.evaluate` beside the expression: the very same as swnb's for a user's script."""

LISTING: Final[dict[str, object]] = {"awaitPromise": True, "returnByValue": True}
"""The same for a listing of clients."""

FLAGS: Final = (
    "--headless",
    "--disable-gpu",
    "--hide-scrollbars",
    "--mute-audio",
    "--remote-debugging-pipe",
    "--no-startup-window",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-default-apps",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--disable-search-engine-choice-screen",
    "--disable-breakpad",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--metrics-recording-only",
    "--password-store=basic",
    "--use-mock-keychain",
    "--disable-features=Translate,MediaRouter,OptimizationHints",
)


def host_rules(port: int) -> str:
    """Return the flag that maps the portless ``*.localhost`` to the site's port, and every other host to nothing."""
    return f"--host-resolver-rules=MAP *.localhost:80 127.0.0.1:{port}, MAP * ~NOTFOUND"


class Pipe:
    """A Chromium and the pipe to it."""

    def __init__(self, executable: str, port: int) -> None:
        self.profile = tempfile.mkdtemp(prefix="swnb-bench-")
        flags = [*FLAGS, host_rules(port), f"--user-data-dir={self.profile}"]
        if os.geteuid() == 0:
            flags.append("--no-sandbox")
        command_read, self.command_fd = os.pipe()
        self.answer_fd, answer_write = os.pipe()
        # By way of two high numbers: 3 or 4 may be one of the pipe's own ends here.
        high_read, high_write = 100, 101
        self.pid = os.posix_spawn(
            executable,
            [executable, *flags],
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_DUP2, command_read, high_read),
                (os.POSIX_SPAWN_DUP2, answer_write, high_write),
                (os.POSIX_SPAWN_DUP2, high_read, 3),
                (os.POSIX_SPAWN_DUP2, high_write, 4),
                (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
                (os.POSIX_SPAWN_CLOSE, high_read),
                (os.POSIX_SPAWN_CLOSE, high_write),
            ],
            setsid=True,
        )
        os.close(command_read)
        os.close(answer_write)
        self.last_id = 0
        self.rest = b""
        self.attached: dict[str, str] = {}
        self.loaded = False
        """Target type → session of the target attached last."""

    def call(self, method: str, session: str = "", **params: object) -> dict[str, Any]:
        """Send a command and return its result; what arrives before it is looked at for attachments only."""
        self.last_id = wanted = self.last_id + 1
        message: dict[str, object] = {"id": wanted, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        written = os.write(self.command_fd, data)
        while written < len(data):
            written += os.write(self.command_fd, data[written:])
        while True:
            answer = self.receive()
            if answer.get("id") == wanted:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                result: dict[str, Any] = answer["result"]
                return result
            self.notice(answer)

    def receive(self) -> dict[str, Any]:
        """Return the next message."""
        message, nul, rest = self.rest.partition(b"\0")
        if not nul:
            chunks = [message]
            while not nul:
                data = os.read(self.answer_fd, 1 << 20)
                if not data:
                    raise EOFError("Chromium closed the pipe")
                data, nul, rest = data.partition(b"\0")
                chunks.append(data)
            message = b"".join(chunks)
        self.rest = rest
        decoded: dict[str, Any] = json.loads(message)
        return decoded

    def notice(self, event: dict[str, Any]) -> None:
        """Remember the session of a target that was attached and let it go on; note that a page is loaded."""
        if event.get("method") == "Target.attachedToTarget":
            kind, session = event["params"]["targetInfo"]["type"], event["params"]["sessionId"]
            self.attached[kind] = session
            if kind == "page":
                self.post("Page.enable", session)
            self.post("Runtime.runIfWaitingForDebugger", session)
        elif event.get("method") == "Page.loadEventFired":
            self.loaded = True

    def post(self, method: str, session: str) -> None:
        """Send a command without waiting for its answer."""
        self.last_id += 1
        os.write(
            self.command_fd, json.dumps({"id": self.last_id, "method": method, "sessionId": session}).encode() + b"\0"
        )

    def session_of(self, kind: str) -> str:
        """Wait for a target of that type to be attached, and return its session."""
        while kind not in self.attached:
            self.notice(self.receive())
        return self.attached.pop(kind)

    def close(self) -> None:
        """End the browser and remove its profile."""
        try:
            self.call("Browser.close")
            while os.read(self.answer_fd, 1 << 16):
                pass
        except (OSError, EOFError):
            pass
        os.close(self.command_fd)
        os.close(self.answer_fd)
        os.waitpid(self.pid, 0)
        shutil.rmtree(self.profile, ignore_errors=True)


class Floor(Contestant):
    """The contestant that all others are compared with."""

    pipe: Pipe
    worker: str

    def start(self) -> int:
        self.pipe = pipe = Pipe(self.executable, self.port)
        pipe.call("Target.setAutoAttach", autoAttach=True, waitForDebuggerOnStart=True, flatten=True)
        self.open("/", material.REGISTER)
        self.worker = pipe.session_of("service_worker")
        self.evaluate(material.CLAIM)
        return len(self.match_all())

    def open(self, path: str, script: str) -> None:
        """Open a window and run a script in its document once that is loaded."""
        self.pipe.loaded = False
        self.pipe.call("Target.createTarget", url=material.ORIGIN + path, newWindow=True)
        page = self.pipe.session_of("page")
        while not self.pipe.loaded:
            self.pipe.notice(self.pipe.receive())
        self.pipe.call("Page.disable", page)
        self.pipe.call("Runtime.evaluate", page, expression=script, awaitPromise=True)

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression in the worker."""
        return self.pipe.call("Runtime.evaluate", self.worker, expression=expression, **EVALUATE)["result"].get("value")

    def match_all(self) -> list[list[object]]:
        """Return the controlled windows."""
        answer = self.pipe.call("Runtime.evaluate", self.worker, expression=material.LIST, **LISTING)
        listed: list[list[object]] = answer["result"]["value"]
        return listed

    def prepare(self, stage: Stage) -> None:
        if stage == "frames":
            self.open("/frames.html", "0")
            self.evaluate(material.CLAIM)
        elif stage == "arrays":
            self.evaluate(material.MAKE_ARRAYS)

    def operation(self, name: str) -> Callable[[], object]:
        verb, _, argument = name.partition(":")
        match verb:
            case "evaluate":
                return lambda: self.evaluate("1")
            case "match_all":
                return self.match_all
            case "array_out":
                return lambda: base64.b64decode(self.evaluate(f"array{argument}.toBase64()"))
            case "array_in":
                data = material.array_bytes(argument)
                return lambda: self.send_array(data)
        raise ValueError(name)

    def send_array(self, data: bytes) -> int:
        """Hand the bytes to the worker, base64 within the expression."""
        text = base64.b64encode(data).decode()
        proof = self.evaluate(f'{{ const data = Uint8Array.fromBase64("{text}"); {material.ARRAY_PROOF} }}')
        assert isinstance(proof, int)
        return proof

    def close(self) -> None:
        self.pipe.close()
