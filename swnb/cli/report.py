"""What ``swnb demo`` leaves: one page with all that was told, the results first. It asks no network and runs no script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from swnb.cli.story import Step, Story
from swnb.verifying.notebook import NotebookError

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""Content-Security-Policy of the page: a notebook's HTML may be anything, and nothing in it runs or loads."""

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width">
<title>swnb demo</title>
<style>
{style}</style>
</head>
<body>
<header>
<h1>swnb demo</h1>
<p class="{verdict_class}">{verdict}</p>
</header>
{results}{stories}</body>
</html>
"""


def prepared(path: Path) -> Path:
    """Return the path, if a report can be written there.

    Raises
    ------
    NotebookError
        If it cannot.
    """
    try:
        path.touch()
    except OSError as error:
        raise _unwritable(path, error) from error
    return path


def written(path: Path, stories: Sequence[Story], verdict: str) -> None:
    """Write the report.

    Raises
    ------
    NotebookError
        If it cannot be written.
    """
    try:
        path.write_text(page(stories, verdict), encoding="utf-8")
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> NotebookError:
    return NotebookError(f"the report {path} cannot be written: {error.strerror}", "--report FILE writes it elsewhere")


def page(stories: Sequence[Story], verdict: str) -> str:
    """Return the report as one page of HTML."""
    return PAGE.format(
        policy=escape(POLICY),
        style=(Path(__file__).parent / "report.css").read_text(encoding="utf-8"),
        verdict=escape(verdict),
        verdict_class="failed" if any(story.failures for story in stories) else "ok",
        results="".join(_result(step) for story in stories for step in story.steps if step.cell.result is not None),
        stories="".join(part for story in stories for part in _story(story)),
    )


def _result(step: Step) -> str:
    return f'<section class="result">\n<h3>{escape(step.cell.result or "")}</h3>\n{step.outcome.html}\n</section>\n'


def _story(story: Story) -> Iterator[str]:
    yield f"<main>\n<h2>{escape(story.title)}</h2>\n"
    for number, step in enumerate(story.steps, 1):
        yield _step(number, step)
    yield "</main>\n"


def _step(number: int, step: Step) -> str:
    outcome, wrong = step.outcome, ""
    if step.complaint is not None:
        saved = "" if outcome.error is not None else f"<pre>{escape(step.cell.saved.strip() or '(nothing)')}</pre>"
        wrong = f'<div class="failed"><p>{escape(step.complaint)}</p>{saved}</div>\n'
    said = f'<div class="output">{outcome.html}</div>\n' if outcome.html else ""
    return (
        f'<section class="step">\n<h3><span>{number}</span> {escape(step.title)} '
        f"<small>{outcome.seconds:.2f} s</small></h3>\n"
        f'<pre class="source">{escape(step.cell.source)}</pre>\n{said}{wrong}</section>\n'
    )
