"""The settings of a lab as traitlets: ``c.Lab.timeout_s = 10`` in a configuration file, ``%config Lab.…`` in a cell."""

from __future__ import annotations

from traitlets import Bool, Enum, Float, Int, TraitError, Unicode, validate
from traitlets import List as ListOf
from traitlets.config import Configurable
from traitlets.utils.bunch import Bunch

from swnb.lab.settings import Settings
from swnb.vocab import Attach, Loop


class LabConfig(Configurable):
    """Defaults of every lab that the magics start. To traitlets its name is ``Lab``."""

    executable = Unicode(None, allow_none=True, help="Chromium to start; by default the one that is found.").tag(
        config=True
    )
    connect = Unicode(
        None,
        allow_none=True,
        help="ws:// address of a browser that already runs on this machine, instead of starting one.",
    ).tag(config=True)
    headed = Bool(False, help="Whether windows show on the screen.").tag(config=True)
    open_network = Bool(False, help="Whether pages may reach other hosts than *.localhost.").tag(config=True)
    loop = Enum(
        [str(kind) for kind in Loop],
        default_value=str(Loop.THREAD),
        help="thread: the lab has a loop in a thread of its own. kernel: it lives on the kernel's loop.",
    ).tag(config=True)
    timeout_s = Float(30.0, help="Longest wait for an answer, in seconds, where a verb is not told another.").tag(
        config=True
    )
    arguments = ListOf(Unicode(), help="More arguments for Chromium.").tag(config=True)
    attach = Enum(
        [str(policy) for policy in Attach],
        default_value=str(Attach.HOLD),
        help="hold: workers are attached, heard and never stopped for being idle. detached: they are left alone.",
    ).tag(config=True)
    payload_bytes = Int(65_536, min=0, help="Up to how many bytes of JSON the log keeps of a message's payload.").tag(
        config=True
    )
    at_once = Bool(
        False,
        help="Whether what is heard is told at once, however much it is: then a renderer that crashes takes nothing with it.",
    ).tag(config=True)
    sandbox = Bool(
        None, allow_none=True, help="Whether Chromium uses its sandbox; by default as any user but root."
    ).tag(config=True)

    record = Unicode(
        None,
        allow_none=True,
        help="Record each lab that starts in this file, or in one beside it where it is taken: run-2.swnb.jsonl.",
    ).tag(config=True)
    redact = ListOf(
        Unicode(), help="What is not written there: regular expressions, and paths in payloads such as $.token."
    ).tag(config=True)

    @validate("timeout_s")
    def _positive(self, proposal: Bunch) -> float:
        seconds = float(proposal.value)
        if not seconds > 0:
            raise TraitError(f"timeout_s is {seconds:g}; give a number of seconds greater than 0")
        return seconds

    def settings(self, **given: object) -> dict[str, object]:
        """Return the settings of a new lab: these, with those that are given in their place.

        Parameters
        ----------
        **given
            Settings by name; None stands for "not given".
        """
        values: dict[str, object] = {name: getattr(self, name) for name in Settings.DEFAULTS}
        values.update({name: value for name, value in given.items() if value is not None})
        return values


LabConfig.__name__ = "Lab"  # both `c.Lab` and `%config Lab` go by the name of the class
