"""A real kernel, cell by cell, and what each cell put out."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_client.manager import start_new_kernel

TIMEOUT_S = 60
ROOT = Path(__file__).parents[2]


@dataclass
class Output:
    """What one cell put out, in order."""

    results: list[dict[str, Any]] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    printed: str = ""
    error: str = ""

    @property
    def texts(self) -> list[str]:
        return [str(data["text/plain"]) for data in self.results]

    @property
    def text(self) -> str:
        """Text of the one result."""
        assert self.error == "", self.error
        assert len(self.results) == 1, self.results
        return self.texts[0]

    @property
    def html(self) -> str:
        """HTML of the one result."""
        assert len(self.results) == 1, self.results
        return str(self.results[0]["text/html"])


class Kernel:
    """One kernel process and a client of it."""

    def __init__(self, *arguments: str) -> None:
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.manager, self.client = start_new_kernel(kernel_name="python3", extra_arguments=list(arguments), env=env)

    def run(self, code: str) -> Output:
        """Run one cell; an error is an output like others."""
        asked = self.client.execute(code)
        output = Output()
        while True:
            message = self.client.get_iopub_msg(timeout=TIMEOUT_S)
            if message["parent_header"].get("msg_id") != asked:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "idle":
                break
            if kind in ("execute_result", "display_data"):
                output.results.append(content["data"])
                output.kinds.append(kind)
            elif kind == "stream":
                output.printed += content["text"]
            elif kind == "error":
                output.error = "\n".join(content["traceback"])
        self.client.get_shell_msg(timeout=TIMEOUT_S)
        return output

    def ok(self, code: str) -> Output:
        """Run one cell that must not fail."""
        output = self.run(code)
        assert output.error == "", output.error
        return output

    def fails(self, code: str) -> list[str]:
        """Run one cell that must fail as swnb's errors do; return the lines that it shows."""
        output = self.run(code)
        assert output.error, output
        assert "Traceback" not in output.error, output.error
        assert "\x1b" not in output.error, output.error
        return output.error.split("\n")

    def complete(self, code: str) -> list[str]:
        """Complete at the end of `code`; return the whole lines as they would become."""
        asked = self.client.complete(code)
        while True:
            reply = self.client.get_shell_msg(timeout=TIMEOUT_S)
            if reply["parent_header"]["msg_id"] == asked:
                break
        content = reply["content"]
        return [code[: content["cursor_start"]] + match for match in content["matches"]]

    def end(self) -> None:
        """End the process, as Jupyter does. Twice does no harm."""
        self.client.stop_channels()
        if self.manager.has_kernel:
            self.manager.shutdown_kernel()
