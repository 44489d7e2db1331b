"""A lab's run, as it was kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from swnb.log import Events
from swnb.names import Names
from swnb.recording.header import End, Header
from swnb.recording.lines import Command, SiteFile

if TYPE_CHECKING:
    from swnb.recording.causality import Trace
    from swnb.recording.comparison import Comparison


class Recording:
    """What a recording's file holds. Nothing of it is run, and nothing looked for elsewhere.

    Attributes
    ----------
    path
        Of the file.
    header
        What it was made with.
    events
        What was heard, in the log's order. One of a kind that this swnb does not know is an `UnknownEvent`.
    late
        Where messages stand that were written later than they were heard; see `swnb.log.Log.late`.
    commands
        What the notebook did, in the order in which it began.
    site
        What the sites answered at the beginning.
    files
        Bodies by their sha256: of `site`, and of what was written to a site later (see the commands named ``site.write``).
    end
        The last line; None where the recording was not closed.
    missing
        In words, what should be there and is not; empty for a whole recording.
    extra
        What this swnb does not know, by the number of its line: the fields, or a line as it stands.
    """

    def __init__(
        self,
        path: str,
        header: Header,
        *,
        events: Events,
        commands: Sequence[Command],
        site: Sequence[SiteFile],
        files: Mapping[str, bytes],
        end: End | None,
        missing: Sequence[str],
        extra: Mapping[int, Mapping[str, Any]],
        late: Mapping[int, tuple[int, int]] | None = None,
    ) -> None:
        self.path = path
        self.header = header
        self.events = events
        self.late = dict(late or {})
        self.commands = tuple(commands)
        self.site = tuple(site)
        self.files = dict(files)
        self.end = end
        self.missing = tuple(missing)
        self.extra = dict(extra)
        self._names: Names | None = None

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing

    @property
    def redacted(self) -> int:
        """How many passages were taken out before they were written, as the last line says; 0 without one."""
        return 0 if self.end is None else self.end.redacted

    @property
    def names(self) -> Names:
        """Who is called what."""
        if self._names is None:
            names = Names()
            for event in self.events:
                names.apply(event)
            self._names = names
        return self._names

    def body(self, file: SiteFile) -> bytes | None:
        """Return what a path answered; None where it was too large to be kept, or is missing."""
        return self.files.get(file.sha256)

    def compare(self, other: Trace, **options: Any) -> Comparison:
        """Compare this run with another one; `swnb.recording.compare.compare` says what the options are."""
        from swnb.recording.compare import compare

        return compare(self, other, **options)

    def __repr__(self) -> str:
        header = self.header
        made = ", ".join(word for word in (header.chromium, f"swnb {header.swnb}" if header.swnb else "") if word)
        lines = [
            f"recording {self.path}: {len(self.events):,} events, {len(self.commands):,} commands"
            f"{f' ({made})' if made else ''}"
        ]
        if self.redacted:
            lines.append(f"redacted: {self.redacted:,} passages")
        lines += [f"missing: {what}" for what in self.missing]
        return "\n".join(lines)
