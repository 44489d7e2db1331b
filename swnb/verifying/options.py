"""How items are verified."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from swnb.verifying.notebook import Notebook

DEFAULT_TIMEOUT_S: Final = 60.0

Watch = Callable[[int, int, str], object]
"""Is told how far an item is: which cell or command begins, from 1, of how many, and what it is."""


def unwatched(number: int, count: int, words: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Options:
    """How items are verified.

    Attributes
    ----------
    ignore, tolerance
        As `swnb.recording.compare.compare` takes them; a notebook's own declarations are added.
    redact
        What new recordings must not hold; a notebook's own declarations are added.
    executable, attach
        Another Chromium, another policy of attaching than the recorded or configured ones.
    timeout_s
        For each cell of a notebook, and for each command of a replay.
    update
        Whether what came now is kept in the place of a recording that differs, or of one that is missing.
    """

    ignore: tuple[str, ...] = ()
    tolerance: float = 0.0
    redact: tuple[str, ...] = ()
    executable: str | None = None
    attach: str | None = None
    timeout_s: float = DEFAULT_TIMEOUT_S
    update: bool = False

    def check(self) -> None:
        """Raise `InvalidArgument` for what cannot be understood, before a run is waited for."""
        from swnb.recording import Redactor
        from swnb.recording.ignoring import Ignoring

        Ignoring(self.ignore, self.tolerance)
        Redactor(self.redact)

    def of(self, notebook: Notebook) -> Options:
        """Return these options with what a notebook declares."""
        return replace(self, ignore=(*self.ignore, *notebook.ignore), redact=(*self.redact, *notebook.redact))

    def settings(self) -> dict[str, object]:
        """Return the settings of a notebook's labs that these options make."""
        given = {"executable": self.executable, "attach": self.attach, "redact": list(self.redact) or None}
        return {name: value for name, value in given.items() if value is not None}
