"""Verbs of recordings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swnb.errors import InvalidArgument
from swnb.magics.arguments import Argument
from swnb.magics.call import Call
from swnb.magics.verbs import verb

if TYPE_CHECKING:
    from swnb.lab.sync_recording import Recorder

GROUP = "Recordings"

STOP = "stop"


@verb(
    "record",
    "Record all that is done and heard from now on, in a file; `stop` ends it, and without a name it tells what is recorded.",
    Argument("file", "where: run.swnb.jsonl; packed, where it ends with .gz or .zst; or the word stop"),
    Argument(
        "--redact",
        "what must not be written: a regular expression, or a path inside payloads as '$.token'",
        "WHAT",
        repeat=True,
    ),
    Argument("--overwrite", "replace the recording that is there already"),
    group=GROUP,
    example="%sw record run.swnb.jsonl --redact '$..password' --overwrite",
)
def record(call: Call) -> Recorder | None:
    """Begin or end a recording, or tell of it."""
    given, lab = call.arguments, call.lab
    file = given.text("file")
    options = [name for name in ("redact", "overwrite") if name in given.values]
    if file is not None and file != STOP:
        return lab.record(file, redact=given.many("redact"), overwrite=given.flag("overwrite"))
    if options:
        raise InvalidArgument(f"--{options[0]} needs a file that is to be written", "write `%sw record FILE`")
    recorders = lab.recorders
    if file is None:
        if not recorders:
            call.say("nothing is being recorded; `%sw record FILE` begins")
        return recorders[-1] if recorders else None
    if not recorders:
        raise InvalidArgument("nothing is being recorded", "begin: `%sw record FILE`")
    recorders[-1].stop()
    return recorders[-1]
