"""Interrupting and killing a real kernel, as its front end does."""

from __future__ import annotations

import os
import signal

import psutil
import pytest

from tests.notebook.session import TIMEOUT_S, Kernel

pytestmark = pytest.mark.slow

SETUP = """
%sw start --loop {loop}
%sw open / --as home
get_ipython().run_cell_magic("sw", "file /sw.js", "/* nothing */")
%sw register /sw.js
%sw wait active;
"""

SOURCES = ("for (;;);", "await new Promise(() => {})", "new Promise(() => {})")

CELL = """
get_ipython().display_pub.publish({{"text/plain": "now"}})
get_ipython().run_cell_magic("sw", "worker --timeout 60", {source!r})
"""


def interrupted(kernel: Kernel, code: str) -> str:
    """Run a cell, interrupt the kernel once the cell has shown something, and return the error's name."""
    asked = kernel.client.execute(code)
    name = ""
    while True:
        message = kernel.client.get_iopub_msg(timeout=TIMEOUT_S)
        if message["parent_header"].get("msg_id") != asked:
            continue
        kind, content = message["msg_type"], message["content"]
        if kind == "display_data":
            kernel.manager.interrupt_kernel()
        elif kind == "error":
            name = content["ename"]
            assert len(content["traceback"]) <= 2 or name == "KeyboardInterrupt", content["traceback"]
        elif kind == "status" and content["execution_state"] == "idle":
            kernel.client.get_shell_msg(timeout=TIMEOUT_S)
            return name


@pytest.mark.parametrize("loop", ["thread", "kernel"])
def test_a_hundred_interrupted_cells_leave_the_lab_in_step(loop: str) -> None:
    kernel = Kernel()
    try:
        kernel.ok("%load_ext swnb")
        kernel.ok(SETUP.format(loop=loop))
        names = []
        for turn in range(100):
            names.append(interrupted(kernel, CELL.format(source=SOURCES[turn % 3])))
            assert kernel.ok(f"get_ipython().run_cell_magic('sw', 'worker', '{turn} + 1')").text == str(turn + 1)
        assert set(names) <= {"Interrupted", "KeyboardInterrupt"}  # the latter where it came before the verb began
        assert names.count("Interrupted") > 80
    finally:
        kernel.end()


def test_cells_keep_their_order_while_a_verb_re_enters_the_kernels_loop() -> None:
    kernel = Kernel()
    try:
        kernel.ok("%load_ext swnb")
        kernel.ok(SETUP.format(loop="kernel"))
        kernel.ok("order = []")
        slow = "await new Promise(done => setTimeout(done, 300))"
        first = kernel.client.execute(f"get_ipython().run_cell_magic('sw', 'worker', {slow!r}); order.append('first')")
        kernel.client.execute("order.append('second')")
        assert kernel.ok("order").text == "['first', 'second']"
        assert first
    finally:
        kernel.end()


def test_killing_the_kernel_leaves_no_browser() -> None:
    kernel = Kernel()
    try:
        kernel.ok("%load_ext swnb\n%sw start\n%sw open / --as home;")
        pid = int(kernel.ok("import os; print(os.getpid())").printed)
        family = psutil.Process(pid).children(recursive=True)
        assert any("chrom" in process.name() for process in family)
        os.kill(pid, signal.SIGKILL)
        _, alive = psutil.wait_procs(family, timeout=20)
        assert alive == []
    finally:
        kernel.client.stop_channels()
        kernel.manager.shutdown_kernel(now=True)
