"""swnb on its two bridges, used as a person would use it.

The thread bridge is called in a plain process; the kernel bridge in the main thread of a real ipykernel, whose loop
runs while the cell does and is re-entered. The site's sources are the common ones, served by the lab's own origin.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.bench import material
from tests.bench.contest import Contestant, Stage


class ThreadBridge(Contestant):
    """``swnb.Lab()``."""

    options: dict[str, Any] = {}  # noqa: RUF012  (read only)
    lab: Any

    def start(self) -> int:
        import swnb

        self.lab = lab = swnb.Lab(executable=self.executable, **self.options)
        lab.start()
        for path in ("/", "/sw.js"):
            lab.site.write(path, material.SITE[path][1])
        home = lab.open("/", name="home")
        lab.register("/sw.js", scope="/", window=home)
        lab.wait("active")
        lab.clients.claim()
        return len(lab.clients.match_all())

    def prepare(self, stage: Stage) -> None:
        lab = self.lab
        if stage == "frames":
            for path in ("/frame.html", "/frames.html"):
                lab.site.write(path, material.SITE[path][1])
            lab.open("/frames.html", name="frames")
            lab.clients.claim()
        elif stage == "arrays":
            lab.worker.evaluate(f"{material.MAKE_ARRAYS} 0")

    def operation(self, name: str) -> Callable[[], object]:
        verb, _, argument = name.partition(":")
        lab = self.lab
        match verb:
            case "evaluate":
                return lambda: lab.worker.evaluate("1")
            case "match_all":
                return self.match_all
            case "array_out":
                return lambda: lab.worker.evaluate(f"array{argument}").numpy()
            case "array_in":
                import numpy as np

                data = np.frombuffer(material.array_bytes(argument), np.uint8)
                return lambda: lab.worker.evaluate(material.ARRAY_PROOF, inputs={"data": data})
        raise ValueError(name)

    def match_all(self) -> Any:
        """Return the controlled windows, asked for as a person would."""
        return self.lab.clients.match_all()

    def close(self) -> None:
        self.lab.stop()


class KernelBridge(ThreadBridge):
    """``swnb.Lab(loop="kernel")``."""

    options: dict[str, Any] = {"loop": "kernel"}  # noqa: RUF012  (read only)
