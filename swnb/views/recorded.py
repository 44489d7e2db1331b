"""A recording as a log, so that whatever shows logs shows recordings, too. Nothing of it is run."""

from __future__ import annotations

from bisect import bisect_left

import msgspec

from swnb.log import Act, Log
from swnb.recording import Recording, UnknownEvent


def log_of(recording: Recording) -> Log:
    """Return a log with a recording's events, and the verbs of its commands.

    Events are numbered from 0 there, whatever the recording begins with; what this swnb does not know is left out.
    """
    log = Log()
    kept = [event for event in recording.events if not isinstance(event, UnknownEvent)]
    numbers = [event.seq for event in kept]
    for at, event in enumerate(kept):
        cause = event.cause
        if cause is not None and numbers[at] != at:
            place = bisect_left(numbers, cause)
            found = place if place < len(numbers) and numbers[place] == cause else None
            event = msgspec.structs.replace(event, cause=found)  # noqa: PLW2901
        log.append(event)
    for command in recording.commands:
        verb = command.name.removeprefix("window.")
        of = command.receiver.get("window", "")
        log.acts.append(Act(bisect_left(numbers, command.begin_seq), verb, of, command.begin_ns))
    log.close()
    return log
