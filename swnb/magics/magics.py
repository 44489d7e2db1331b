"""``%sw`` and ``%%sw``: from a line to a verb's handler, and its errors as a cell shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from IPython.core.magic import Magics, line_cell_magic, magics_class, no_var_expand
from traitlets import Bool, Float, Int, observe
from traitlets.utils.bunch import Bunch

from swnb.lab.config import LabConfig
from swnb.magics.arguments import parse
from swnb.magics.call import Call
from swnb.magics.labs import Labs
from swnb.magics.showing import Showing
from swnb.magics.verbs import COMMON, Form, Help, explain, find, overview
from swnb.magics.words import split
from swnb.views import formatters

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionInfo, InteractiveShell

T = TypeVar("T")


@magics_class
class SwMagics(Magics):
    """The magics of swnb."""

    show_results = Bool(
        True, help="Whether a verb that is not the last of its cell shows its result; the last one is shown by Python."
    ).tag(config=True)
    timeout_s = Float(
        None,
        allow_none=True,
        help="Longest wait of `wait`, `worker` and `page`, in seconds; by default the lab's own timeout_s.",
    ).tag(config=True)
    max_rows = Int(200, help="Longest table that is shown, in rows; what is returned is always whole.").tag(config=True)

    def __init__(self, shell: InteractiveShell, **settings: Any) -> None:
        super().__init__(shell, **settings)
        self._shell = shell
        self.showing = Showing(shell)
        self.config_of_labs = LabConfig(parent=shell)
        self.labs = Labs(self.config_of_labs.settings)
        self.config_of_labs.observe(self._set_timeout, "timeout_s")
        self._cell = ""
        formatters.max_rows = self.max_rows

    @observe("max_rows")
    def _set_max_rows(self, change: Bunch) -> None:
        formatters.max_rows = change.new

    def _set_timeout(self, change: Bunch) -> None:
        """Let labs that run follow ``%config Lab.timeout_s``."""
        for lab in self.labs.all:
            lab.asynchronous.settings.timeout_s = change.new

    def remember_cell(self, info: ExecutionInfo) -> None:
        """Note the text of the cell that begins, from which lines are counted."""
        self._cell = info.raw_cell or ""

    @no_var_expand
    @line_cell_magic
    def sw(self, line: str, cell: str | None = None) -> object:
        """Drive a real Chromium and its service workers: ``%sw --help`` lists the verbs."""
        typed = split(line)
        form = Form.LINE if cell is None else Form.CELL
        words = list(typed.words)
        before = []
        while words and words[0].text.startswith("-"):  # --lab NAME may stand before the verb
            before.append(words.pop(0))
            if before[-1].text == "--lab" and words:
                before.append(words.pop(0))
        if not words or words[0].text == "help":
            parse(typed, before, COMMON, str(form))
            return explain(self._named(words[1].text)) if len(words) > 1 else overview()
        if any(word.text == "--help" for word in (*before, *words)):
            return explain(self._named(words[0].text))
        verb = find(words[0].text, form)
        command = f"{form} {verb.name}"
        arguments = parse(typed, words[1:], verb.everything, command)
        arguments.values.update(parse(typed, before, COMMON, command).values)
        call = Call(
            command,
            arguments,
            self.labs,
            self._shell.user_ns,
            body=cell,
            offset=self._lines_above(),
            label=f"In[{self._shell.execution_count}]",
            default_timeout_s=self.timeout_s,
            say=lambda text: self._display(Help(text)),
            in_notebook=hasattr(self._shell, "kernel") and not typed.silent,
        )
        result = verb.handler(call)
        self.labs.remember(result)
        return None if typed.silent and not self.showing.has_begun else result

    @staticmethod
    def _named(name: str) -> Any:
        from swnb.magics.verbs import verbs

        return verbs().get(name) or find(name, Form.LINE)

    def _lines_above(self) -> int:
        """Return how many lines of the cell stand above a cell magic's body: its own, and empty ones before it."""
        above = 1
        for text in self._cell.split("\n"):
            if text.strip():
                break
            above += 1
        return above

    # ---- showing, called by what `Showing` makes of a cell --------------------------------------------------------

    def show(self, value: T) -> T:
        """Show a verb's result, and return it."""
        if value is not None and self.show_results:
            self._display(value)
        return value

    def hide(self, value: object) -> None:
        """Keep a verb's result from being shown."""

    @staticmethod
    def _display(value: object) -> None:
        from IPython.display import display

        display(value)  # type: ignore[no-untyped-call]  # IPython leaves it untyped
