"""One call of a verb: what its handler is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from swnb.errors import NotStarted
from swnb.magics.arguments import Parsed

if TYPE_CHECKING:
    from swnb.lab.lab import Lab
    from swnb.magics.labs import Labs


@dataclass
class Call:
    """One call.

    Attributes
    ----------
    command
        As it was typed, for errors: ``%sw open``.
    arguments
        Of this call.
    labs
        All labs of this shell.
    variables
        Python's variables of the user.
    body
        What stands below the line of a cell; None for a line.
    offset
        How many lines stand above `body` in the cell.
    label
        What JavaScript's stacks call this cell: ``In[7]``.
    default_timeout_s
        Longest wait where the call says nothing, in seconds; None leaves it to the lab.
    say
        Shows a word about a result that is None.
    in_notebook
        Whether a view can be shown beside the result: there is a front end, and it shall show what comes of this line.
    """

    command: str
    arguments: Parsed
    labs: Labs
    variables: dict[str, Any]
    body: str | None = None
    offset: int = 0
    label: str = ""
    default_timeout_s: float | None = None
    say: Callable[[str], None] = print
    in_notebook: bool = False

    @property
    def lab(self) -> Lab:
        """The lab that is meant.

        Raises
        ------
        NotStarted, InvalidArgument
            If it is not started, or there is none of that name.
        """
        lab = self.labs.get(self.arguments.text("lab"))
        if lab is None or not lab.started:
            raise NotStarted(f"`{self.command}`")
        return lab

    @property
    def timeout_s(self) -> float | None:
        """``--timeout``, or the configured default, or None for the lab's own, in seconds."""
        given = self.arguments.number("timeout")
        return self.default_timeout_s if given is None else given
