"""A kernel of its own in which a notebook's cells are executed, with nothing but jupyter_client."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, perf_counter
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from swnb.verifying.escapes import without_escapes
from swnb.verifying.notebook import NotebookError, output_html, output_text
from swnb.verifying.stop import Stop

if TYPE_CHECKING:
    from jupyter_client.blocking.client import BlockingKernelClient
    from jupyter_client.manager import KernelManager

START_S: Final = 60.0
"""How long a kernel may take until it answers."""

POLL_S: Final = 0.25
"""How often it is looked whether a silent kernel still lives, and whether all is to end."""

MOST_OUTPUT: Final = 4_000_000
"""How many characters of a cell's output are kept, of text and of HTML; a cell that prints for ever shall not fill the memory."""

PUTS_OUT: Final = frozenset(("stream", "display_data", "execute_result", "error"))


class KernelDied(NotebookError):  # noqa: N818  (named after what happened, as all errors here)
    """The kernel ended while a cell ran."""


class CellTimeout(NotebookError):  # noqa: N818
    """A cell did not end in time."""


class KernelUnusable(NotebookError):  # noqa: N818
    """No kernel could be started."""


class Stopped(NotebookError):  # noqa: N818
    """The user does not want to wait for it any more."""


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
    said
        What that exception says, as plain text.
    html
        Its output as HTML. A kernel said it: it may be anything.
    """

    text: str = ""
    seconds: float = 0.0
    error: str | None = None
    html: str = ""
    said: str = ""


class Kernel:
    """A kernel of this very Python, to be used as ``with Kernel(folder) as kernel:``.

    Parameters
    ----------
    folder
        Its working directory.
    settings
        Of the labs that its magics start, by name: what ``c.Lab`` has in a configuration file.
    quiet
        Whether what its process itself writes, beside its cells' output, is thrown away.
    stop
        Ends the wait for a cell.
    """

    def __init__(
        self,
        folder: Path,
        settings: Mapping[str, object] | None = None,
        *,
        quiet: bool = False,
        stop: Stop | None = None,
    ) -> None:
        self._folder = folder
        self._settings = dict(settings or {})
        self._quiet = quiet
        self._stop = stop or Stop()
        self._manager: KernelManager | None = None
        self._private: TemporaryDirectory[str] | None = None
        self._client: BlockingKernelClient

    def __enter__(self) -> Kernel:
        self._private = TemporaryDirectory(prefix="swnb-kernel-", ignore_cleanup_errors=True)
        self._manager = self._new_manager(Path(self._private.name))
        streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL} if self._quiet else {}
        try:
            self._manager.start_kernel(cwd=str(self._folder), env=_environment(), **streams)
            self._client = self._manager.blocking_client()
            self._client.start_channels()
            self._client.wait_for_ready(timeout=START_S)
        except (RuntimeError, OSError) as error:
            self.close()
            raise KernelUnusable(f"the kernel did not start: {error}", "`swnb doctor` says what is missing") from error
        except BaseException:
            self.close()
            raise
        return self

    def _new_manager(self, private: Path) -> KernelManager:
        """Return what starts the kernel: its settings in a file, its sockets in a private folder rather than TCP ports."""
        from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
        from jupyter_client.manager import KernelManager

        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        if self._settings:
            configuration = private / "labs.json"
            configuration.write_text(json.dumps({"Lab": self._settings}), "utf-8")
            argv.append(f"--config={configuration}")

        class ThisPython(KernelSpecManager):  # whatever kernels the user has installed
            def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
                return KernelSpec(argv=argv, display_name=kernel_name, language="python")

        manager = KernelManager(kernel_name="python3", kernel_spec_manager=ThisPython())
        if sys.platform != "win32":
            manager.transport = "ipc"
            manager.ip = str(private / "socket")
        return manager

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the kernel, which ends its labs first; a second call does nothing."""
        manager, self._manager = self._manager, None
        try:
            if manager is not None and manager.has_kernel:
                if hasattr(self, "_client"):
                    self._client.stop_channels()
                manager.shutdown_kernel()
        finally:
            if self._private is not None:
                self._private.cleanup()

    def execute(self, source: str, *, timeout_s: float) -> Outcome:
        """Execute one cell and return what it did.

        Raises
        ------
        KernelDied
            If the kernel dies.
        CellTimeout
            If the cell does not end in time.
        Stopped
            If all is to end.
        """
        outcome = Outcome()
        began = perf_counter()
        request = self._client.execute(source, store_history=True, allow_stdin=False, stop_on_error=False)
        for message in self._messages(request, timeout_s):
            content = message["content"]
            if message["msg_type"] in PUTS_OUT and len(outcome.text) + len(outcome.html) < MOST_OUTPUT:
                outcome.text += output_text(content)
                outcome.html += output_html(content)
            if message["msg_type"] == "error":
                outcome.error = content["ename"]
                outcome.said = without_escapes(str(content.get("evalue", "")))
        outcome.seconds = perf_counter() - began
        return outcome

    def _messages(self, request: str, timeout_s: float) -> Iterator[dict[str, Any]]:
        """Yield what the kernel publishes for a request, until it is idle again."""
        from queue import Empty

        deadline = monotonic() + timeout_s
        while True:
            if self._stop.wished:
                raise Stopped("interrupted")
            if monotonic() >= deadline:  # of one that speaks without end, too
                raise CellTimeout(f"a cell did not end within {timeout_s:g} s", "--timeout SECONDS waits longer")
            try:
                message = self._client.get_iopub_msg(timeout=max(0.0, min(POLL_S, deadline - monotonic())))
            except Empty:
                if self._manager is None or not self._manager.is_alive():
                    raise KernelDied("the kernel died", "run the notebook in Jupyter to see at which cell") from None
                continue
            if message["parent_header"].get("msg_id") != request:
                continue
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return
            yield message


def _environment() -> dict[str, str]:
    """Return this process's environment, with a source tree that is not installed on the kernel's path."""
    source = Path(__file__).resolve().parents[2]
    if not (source / "pyproject.toml").is_file():
        return dict(os.environ)
    path = os.pathsep.join(filter(None, [str(source), os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": path}
