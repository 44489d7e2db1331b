"""The smallest client of the DevTools protocol: a Chromium on a pipe, one page, answers in order."""

from __future__ import annotations

import json
import os
import select
import shutil
import tempfile
from collections import deque
from types import TracebackType
from typing import Any

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
)
TIMEOUT_S = 60.0


class BarePipe:
    """A Chromium of its own, with a session on its first page."""

    def __init__(self, *flags: str) -> None:
        executable = os.environ.get("SWNB_CHROMIUM") or shutil.which("chromium")
        assert executable, "no chromium: set SWNB_CHROMIUM"
        self.profile = tempfile.mkdtemp(prefix="swnb-test-")
        command_read, self.write = os.pipe()
        self.read, answer_write = os.pipe()
        actions = [
            (os.POSIX_SPAWN_DUP2, command_read, 103),
            (os.POSIX_SPAWN_DUP2, answer_write, 104),
            (os.POSIX_SPAWN_DUP2, 103, 3),
            (os.POSIX_SPAWN_DUP2, 104, 4),
            (os.POSIX_SPAWN_CLOSE, 103),
            (os.POSIX_SPAWN_CLOSE, 104),
            (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
        ]
        arguments = [executable, *FLAGS, f"--user-data-dir={self.profile}", *flags, "about:blank"]
        self.pid = os.posix_spawn(executable, arguments, os.environ, file_actions=actions)
        os.close(command_read)
        os.close(answer_write)
        self._sent = 0
        self._chunks: list[bytes] = []
        self._messages: deque[bytes] = deque()
        self.session: str | None = None
        pages = [one for one in self.call("Target.getTargets")["targetInfos"] if one["type"] == "page"]
        attached = self.call("Target.attachToTarget", targetId=pages[0]["targetId"], flatten=True)
        self.session = attached["sessionId"]

    def __enter__(self) -> BarePipe:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.session = None
        self.call("Browser.close")
        os.close(self.write)
        while os.read(self.read, 1 << 16):
            pass
        os.close(self.read)
        os.waitpid(self.pid, 0)
        shutil.rmtree(self.profile, ignore_errors=True)

    def _message(self) -> Any:
        """Return the next message; a chunk may hold the end of one and several more."""
        while not self._messages:
            ready, _, _ = select.select([self.read], [], [], TIMEOUT_S)
            assert ready, "the browser does not answer"
            chunk = os.read(self.read, 1 << 20)
            assert chunk, "the browser is gone"
            *ends, rest = chunk.split(b"\0")
            for end in ends:
                self._messages.append(b"".join([*self._chunks, end]))
                self._chunks.clear()
            self._chunks.append(rest)
        return json.loads(self._messages.popleft())

    def call(self, method: str, **params: Any) -> Any:
        """Send a command, wait for its answer, leave events aside."""
        self._sent += 1
        message: dict[str, Any] = {"id": self._sent, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        data = memoryview(json.dumps(message).encode() + b"\0")
        while data:
            data = data[os.write(self.write, data) :]
        while True:
            answer = self._message()
            if answer.get("id") == self._sent:
                assert "error" not in answer, answer["error"]
                return answer["result"]
