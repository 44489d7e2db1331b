"""A notebook executed by a real kernel, cell by cell, with nothing but jupyter_client."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, perf_counter
from types import TracebackType
from typing import TYPE_CHECKING, Any

from swnb.cli.terminal import without_escapes
from swnb.errors import SwnbError

if TYPE_CHECKING:
    from jupyter_client.blocking.client import BlockingKernelClient
    from jupyter_client.manager import KernelManager

VARYING = (
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "<id>"),
    (re.compile(r"\b(installing|waiting|active): "), "<role>: "),  # a registration that is on its way
    (re.compile(r"\b\d\d:\d\d:\d\d(\.\d+)?\b|\b\d+(\.\d+)? m?s\b"), "<time>"),
    (re.compile(r"^\d+(?= +<time>)", re.M), "<seq>"),  # of events and messages: others happen in between
    (re.compile(r"─+"), "─"),  # whose numbers make a column wider
    (re.compile(r"(?<=\S) {2,}"), "  "),
)
"""What differs between two runs of the same notebook, and what stands for it."""


class NotebookError(SwnbError):
    """A notebook that cannot be read or executed."""


@dataclass
class Cell:
    """One code cell.

    Attributes
    ----------
    source
        What is executed.
    step
        Its title in the story, None where it is not a step (``metadata.swnb.step``).
    saved
        Its output as saved in the file, as plain text.
    result
        What a report calls its output, which it shows before the steps; None for most (``metadata.swnb.result``).
    """

    source: str
    step: str | None
    saved: str
    result: str | None = None


@dataclass
class Outcome:
    """What a cell did.

    Attributes
    ----------
    text
        Its output as plain text.
    seconds
        How long it took.
    error
        The name of the exception that ended it, None for none.
    html
        Its output as HTML. A kernel said it: it may be anything.
    """

    text: str = ""
    seconds: float = 0.0
    error: str | None = None
    html: str = ""


def read(path: Path) -> list[Cell]:
    """Return the code cells of a notebook.

    Raises
    ------
    NotebookError
        If it is missing or no notebook.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return [_cell(cell) for cell in document["cells"] if cell["cell_type"] == "code"]
    except OSError as error:
        raise NotebookError(f"{path} cannot be read: {error.strerror}", "give the path of a notebook") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotebookError(
            f"{path} is no notebook", "give the path of a file of Jupyter's format 4 (.ipynb)"
        ) from error


def _cell(cell: dict[str, Any]) -> Cell:
    outputs = "".join(output_text(output) for output in cell.get("outputs", ()))
    said = cell.get("metadata", {}).get("swnb", {})
    return Cell(_joined(cell["source"]), said.get("step"), outputs, said.get("result"))


def output_text(output: dict[str, Any]) -> str:
    """Return one output (of a file or a message) as plain text, ending in a newline unless it is empty."""
    if "traceback" in output:
        text = "\n".join(output["traceback"])
    elif "data" in output:
        text = _joined(output["data"].get("text/plain", ""))
    else:
        text = _joined(output.get("text", ""))
    text = without_escapes(text)
    return text if not text or text.endswith("\n") else text + "\n"


def output_html(output: dict[str, Any]) -> str:
    """Return one output as HTML: as it is told, or its plain text."""
    html = _joined(output.get("data", {}).get("text/html", ""))
    if html:
        return html
    text = output_text(output).strip("\n")
    return f"<pre>{escape(text)}</pre>" if text else ""


def _joined(text: str | Sequence[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def comparable(text: str) -> str:
    """Return the text with ids and times replaced, so that two runs can be compared."""
    for pattern, stands in VARYING:
        text = pattern.sub(stands, text)
    return "\n".join(line.rstrip() for line in text.strip().split("\n"))


def _environment() -> dict[str, str]:
    """Return this process's environment, with a source tree that is not installed on the kernel's path."""
    source = Path(__file__).resolve().parents[2]
    if not (source / "pyproject.toml").is_file():
        return dict(os.environ)
    path = os.pathsep.join(filter(None, [str(source), os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": path}


class Kernel:
    """A kernel of this very Python, to be used as ``with Kernel(folder) as kernel:``.

    Parameters
    ----------
    folder
        Its working directory.
    arguments
        More arguments for it, as ``--Lab.loop=kernel``.
    """

    def __init__(self, folder: Path, arguments: Sequence[str] = ()) -> None:
        self._folder = folder
        self._arguments = arguments
        self._manager: KernelManager | None = None
        self._sockets: TemporaryDirectory[str] | None = None
        self._client: BlockingKernelClient

    def __enter__(self) -> Kernel:
        from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
        from jupyter_client.manager import KernelManager

        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", *self._arguments]

        class ThisPython(KernelSpecManager):  # whatever kernels the user has installed
            def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
                return KernelSpec(argv=argv, display_name=kernel_name, language="python")

        self._manager = KernelManager(kernel_name="python3", kernel_spec_manager=ThisPython())
        if sys.platform != "win32":  # sockets in a private folder rather than TCP ports
            self._sockets = TemporaryDirectory(prefix="swnb-kernel-")
            self._manager.transport = "ipc"
            self._manager.ip = str(Path(self._sockets.name) / "socket")
        try:
            self._manager.start_kernel(cwd=str(self._folder), env=_environment())
            self._client = self._manager.blocking_client()
            self._client.start_channels()
            self._client.wait_for_ready(timeout=60)
        except RuntimeError as error:
            self.close()
            raise NotebookError(f"the kernel did not start: {error}", "`swnb doctor` says what is missing") from error
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the kernel; a second call does nothing."""
        manager, self._manager = self._manager, None
        if manager is not None and manager.has_kernel:
            if hasattr(self, "_client"):
                self._client.stop_channels()
            manager.shutdown_kernel()
        if self._sockets is not None:
            self._sockets.cleanup()

    def execute(self, source: str, *, timeout_s: float) -> Outcome:
        """Execute one cell and return what it did.

        Raises
        ------
        NotebookError
            If the kernel dies, or the cell does not end in time.
        """
        outcome = Outcome()
        began = perf_counter()
        request = self._client.execute(source, store_history=True, allow_stdin=False, stop_on_error=False)
        for message in self._messages(request, timeout_s):
            content = message["content"]
            if message["msg_type"] in ("stream", "display_data", "execute_result", "error"):
                outcome.text += output_text(content)
                outcome.html += output_html(content)
            if message["msg_type"] == "error":
                outcome.error = content["ename"]
        outcome.seconds = perf_counter() - began
        return outcome

    def _messages(self, request: str, timeout_s: float) -> Iterator[dict[str, Any]]:
        """Yield what the kernel publishes for a request, until it is idle again."""
        from queue import Empty

        deadline = monotonic() + timeout_s
        while True:
            try:
                message = self._client.get_iopub_msg(timeout=min(1.0, max(0.0, deadline - monotonic())))
            except Empty:
                if self._manager is None or not self._manager.is_alive():
                    raise NotebookError("the kernel died", "run the notebook in Jupyter to see at which cell") from None
                if monotonic() >= deadline:
                    raise NotebookError(
                        f"a cell did not end within {timeout_s:g} s", "--timeout SECONDS waits longer"
                    ) from None
                continue
            if message["parent_header"].get("msg_id") != request:
                continue
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return
            yield message
