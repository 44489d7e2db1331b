"""The magics ``%sw`` and ``%%sw``."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Configurable

    from swnb.magics.completion import Completion
    from swnb.magics.magics import SwMagics


class Loaded:
    """What one shell was given, to be taken away again."""

    def __init__(self, shell: InteractiveShell) -> None:
        from swnb.magics.completion import Completion
        from swnb.magics.magics import SwMagics
        from swnb.views import formatters

        self.magics: SwMagics = SwMagics(shell)
        self.completion: Completion = Completion(shell, self.magics.labs)
        shell.register_magics(self.magics)
        configurables(shell).append(self.magics.config_of_labs)
        shell.events.register("pre_run_cell", self.magics.remember_cell)
        shell.ast_transformers.append(self.magics.showing)
        formatters.register(shell)

    def take_away(self, shell: InteractiveShell) -> None:
        """Undo all of it, and end the labs."""
        self.completion.take_away()
        shell.ast_transformers.remove(self.magics.showing)
        shell.events.unregister("pre_run_cell", self.magics.remember_cell)
        for configurable in (self.magics, self.magics.config_of_labs):
            configurables(shell).remove(configurable)
        for kind in ("line", "cell"):
            shell.magics_manager.magics[kind].pop("sw", None)
        self.magics.labs.stop_all()


def configurables(shell: InteractiveShell) -> list[Configurable]:
    """Return what ``%config`` knows of; IPython's own hint of its type is narrower than its use."""
    return cast("list[Configurable]", shell.configurables)


_loaded: dict[int, Loaded] = {}


def load(shell: InteractiveShell) -> None:
    """Bring the magics into a shell; a second time does nothing."""
    if id(shell) not in _loaded:
        _loaded[id(shell)] = Loaded(shell)


def unload(shell: InteractiveShell) -> None:
    """Take the magics out of a shell, and end the labs that they started."""
    loaded = _loaded.pop(id(shell), None)
    if loaded is not None:
        loaded.take_away(shell)
