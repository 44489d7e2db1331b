"""The runner's side of a contestant's process: a plain one, or a real ipykernel. Both answer `call`."""

from __future__ import annotations

import ast
import json
import os
import select
import subprocess
import sys
import time
from typing import Any, Protocol

from tests.bench.contest import Entry, Unsupported

ROOM = "tests.bench"


class HostFailed(Exception):  # noqa: N818  (what it says becomes a footnote)
    """The contestant raised, ended, or gave no answer in time."""


class Host(Protocol):
    """A process that a contestant lives in."""

    pid: int

    def call(self, method: str, *arguments: object, timeout_s: float) -> Any:
        """Call the contestant's method and return its result."""

    def close(self) -> None:
        """End the process."""


def read_line(process: subprocess.Popen[bytes], timeout_s: float) -> bytes:
    """Return the next line that the process prints, without buffering anything that follows."""
    assert process.stdout is not None
    deadline = time.monotonic() + timeout_s
    line = bytearray()
    while not line.endswith(b"\n"):
        if not select.select([process.stdout], [], [], max(0.0, deadline - time.monotonic()))[0]:
            raise HostFailed(f"no answer within {timeout_s:g} s")
        piece = os.read(process.stdout.fileno(), 1 << 16)
        if not piece:
            raise HostFailed("its process ended")
        line += piece
    return bytes(line)


def spawn(
    module: str, entry: Entry, executable: str, port: int, environment: dict[str, str]
) -> subprocess.Popen[bytes]:
    """Start a module of this package with a contestant's arguments."""
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", f"{ROOM}.{module}", entry.key, executable, str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
    )


def end(process: subprocess.Popen[bytes], timeout_s: float = 20) -> None:
    """End a process by ending its stdin; kill it where that does not help."""
    assert process.stdin is not None and process.stdout is not None
    process.stdin.close()
    try:
        process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()


def result_of(answer: dict[str, Any]) -> Any:
    """Return an answer's result, or raise what it says."""
    if "unsupported" in answer:
        raise Unsupported(answer["unsupported"])
    if "error" in answer:
        raise HostFailed(answer["error"])
    return answer["result"]


class PythonHost:
    """A plain process; see `tests.bench.serve`."""

    def __init__(self, entry: Entry, executable: str, port: int, environment: dict[str, str]) -> None:
        self.process = spawn("serve", entry, executable, port, environment)
        self.pid = self.process.pid

    def call(self, method: str, *arguments: object, timeout_s: float) -> Any:
        """Call the contestant's method; after a time-out the process is of no use and is killed."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps({"method": method, "arguments": arguments}).encode() + b"\n")
            self.process.stdin.flush()
            return result_of(json.loads(read_line(self.process, timeout_s)))
        except BrokenPipeError:
            raise HostFailed("its process ended") from None
        except HostFailed as failed:
            if "within" in str(failed):
                self.process.kill()
            raise

    def close(self) -> None:
        """End the process."""
        end(self.process)


class KernelHost:
    """The main thread of a real ipykernel: each call is a cell."""

    def __init__(self, entry: Entry, executable: str, port: int, environment: dict[str, str]) -> None:
        from jupyter_client.manager import KernelManager

        self.manager = KernelManager(kernel_name="python3", transport="ipc")
        self.manager.start_kernel(env=environment, cwd=os.getcwd())
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        try:
            self.client.wait_for_ready(timeout=60)
            self.cell(f"from {ROOM}.contest import entry\nfrom {ROOM}.serve import answer_in_kernel")
            self.pid = int(self.cell("import os\nsaid = str(os.getpid())"))
            self.cell(f"contestant = entry({entry.key!r}).make({executable!r}, {port})")
        except BaseException:
            self.close()
            raise

    def cell(self, source: str, timeout_s: float = 60) -> str:
        """Execute a cell and return the value that it leaves in ``said``, ``""`` for none."""
        try:
            reply = self.client.execute_interactive(
                source,
                store_history=False,
                user_expressions={"said": "globals().get('said', '')"},
                timeout=timeout_s,
                output_hook=lambda message: None,
            )
        except TimeoutError:
            self.manager.shutdown_kernel(now=True)
            raise HostFailed(f"no answer within {timeout_s:g} s") from None
        content = reply["content"]
        if content["status"] != "ok":
            raise HostFailed(f"{content.get('ename')}: {content.get('evalue')}")
        said: str = ast.literal_eval(content["user_expressions"]["said"]["data"]["text/plain"])
        return said

    def call(self, method: str, *arguments: object, timeout_s: float) -> Any:
        """Call the contestant's method from a cell."""
        request = json.dumps({"method": method, "arguments": arguments})
        return result_of(json.loads(self.cell(f"said = await answer_in_kernel(contestant, {request!r})", timeout_s)))

    def start(self, timeout_s: float) -> float:
        """Call the contestant's ``start`` from a cell and return what it took there, in seconds: a kernel's own work before
        and after a cell is not its."""
        request = json.dumps({"method": "start", "arguments": []})
        clock = "__import__('time').perf_counter()"
        timed = f"begin = {clock}\nsaid = await answer_in_kernel(contestant, {request!r})\ntook_s = {clock} - begin"
        if (listed := result_of(json.loads(self.cell(timed, timeout_s)))) != 1:
            raise HostFailed(f"the first listing had {listed} clients")
        return float(self.cell("said = str(took_s)"))

    def close(self) -> None:
        """End the kernel."""
        self.client.stop_channels()
        self.manager.shutdown_kernel()


def host_for(entry: Entry, executable: str, port: int, environment: dict[str, str]) -> Host:
    """Start the process of a contestant's kind."""
    kind = KernelHost if entry.host == "kernel" else PythonHost
    return kind(entry, executable, port, environment)
