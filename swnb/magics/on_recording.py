"""Verbs of recordings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swnb.errors import InvalidArgument
from swnb.magics.arguments import Argument
from swnb.magics.call import Call
from swnb.magics.verbs import verb
from swnb.vocab import Attach

if TYPE_CHECKING:
    from swnb.lab.sync_recording import Recorder
    from swnb.recording.comparison import Comparison

GROUP = "Recordings"

STOP = "stop"

OURS = ("executable", "sandbox", "arguments")
"""Configured settings that a browser needs on this machine, whatever it is started for."""


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


@verb(
    "replay",
    "Give a recording's commands again, in a fresh browser beside the lab, and compare. The lab stays as it is.",
    Argument("file", "a recording", required=True),
    Argument(
        "--attach", "another policy of attaching than the recorded one", "POLICY", choices=tuple(map(str, Attach))
    ),
    Argument("--executable", "another Chromium: then it is a comparison of browsers", "PATH"),
    Argument(
        "--ignore", "leave out of the comparison: console, console:line, '$.token', 're:[0-9]+ ms'", "WHAT", repeat=True
    ),
    Argument("--output", "keep the new run in this file", "FILE", "-o"),
    group=GROUP,
    example="%sw replay run.swnb.jsonl --ignore console",
)
def replay(call: Call) -> Comparison:
    """Replay; what could not be done as it was is told before the comparison."""
    from swnb.lab.sync_replay import replay as again

    given, configured = call.arguments, call.labs.settings()
    settings: dict[str, Any] = {name: configured[name] for name in OURS}
    if given.text("executable") is not None:
        settings["executable"] = given.text("executable")
    done = again(
        given.need("file"),
        given.text("output"),
        attach=given.text("attach"),
        ignore=list(given.many("ignore")),
        loop=str(configured["loop"]),
        **settings,
    )
    if done.notes:
        call.say("\n".join(done.notes))
    return done.comparison
