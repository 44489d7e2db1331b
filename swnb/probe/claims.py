"""Which ``clients.claim()`` brought a client under control: the page tells of the one, the worker of the other."""

from __future__ import annotations

from swnb.probe.contexts import Context
from swnb.probe.facts import AnyFact, ControllerChanged
from swnb.probe.lives import Lives

CLOCKS_MS = 5.0
"""How much the clocks of two processes may differ."""


class Claims:
    """The last claim of each worker."""

    def __init__(self, lives: Lives) -> None:
        self._lives = lives
        self._last: dict[str, tuple[int, float]] = {}
        lives.claim_of = self.of

    def called(self, label: str, seq: int, t_ms: float) -> None:
        """A worker called ``clients.claim()``: the `seq` of that event, and when it was, in milliseconds since 1970."""
        self._last[label] = (seq, t_ms)

    def of(self, label: str, context: Context) -> int | None:
        """Return the claim that may have brought a client under a worker's control: none before that client began."""
        seq, t_ms = self._last.get(label, (None, 0.0))
        return seq if t_ms >= context.time_origin - CLOCKS_MS else None

    def awaited(self, context: Context, fact: AnyFact) -> bool:
        """Tell whether a page has told of a claim that the worker has not told of: it is about to."""
        if type(fact) is not ControllerChanged or fact.script_url is None or context.controller is not None:
            return False
        label = self._lives.labels.controller(fact.script_url, context.url)
        if label is None or self.of(label, context) is not None:
            return False
        return any(each.kind == "service" and each.alive and each.actor == label for each in self._lives.all())
