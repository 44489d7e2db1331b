"""Commands that ran at the same time, as asynchronous code gives them: one cell that does so again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from swnb.recording import Command
from swnb.views.command_code import CommandCode
from swnb.views.command_table import CannotWriteError, check

DIRECT = ("origin", "site.write", "site.remove")
"""Commands that are not awaited."""


def groups(commands: Sequence[Command]) -> Iterator[list[int]]:
    """Yield numbers of commands, those together that overlap in time."""
    group: list[int] = []
    ends = 0
    for at, command in enumerate(commands):
        if group and command.begin_ns >= ends:
            yield group
            group = []
        group.append(at)
        ends = max(ends if len(group) > 1 else 0, command.end_ns)
    if group:
        yield group


def together(code: CommandCode, commands: Sequence[Command], group: Sequence[int]) -> str | None:
    """Return a cell that begins the commands of a group in their order, each once those are over that were over before it.

    None where one of them cannot be given so.
    """
    lines = ["async def together():"]
    running: dict[str, int] = {}
    for at in group:
        command = commands[at]
        if at in code.known.variables or at in code.known.sources or command.name.startswith(("client.", "pyppeteer.")):
            return None
        try:
            check(command)
            given = code.python(at, "lab" if command.name in DIRECT else "lab.asynchronous")
        except Exception as error:  # a file of others: an argument may be anything
            if isinstance(error, CannotWriteError | KeyError | ValueError | TypeError | AttributeError):
                return None
            raise
        over = [name for name, end_ns in running.items() if end_ns <= command.begin_ns]
        if over:
            lines.append(f"    await asyncio.wait([{', '.join(over)}])")
        if command.name in DIRECT:
            lines.append(f"    {given}")
        else:
            name = f"task_{at}"
            lines += [f"    {name} = asyncio.ensure_future({given})", "    await asyncio.sleep(0)"]
            running = {other: end for other, end in running.items() if other not in over} | {name: command.end_ns}
    tasks = [f"task_{at}" for at in group if commands[at].name not in DIRECT]
    lines += [f"    await asyncio.gather({', '.join(tasks)})", "", "", "lab.run(together)"]
    return "\n".join(lines)
