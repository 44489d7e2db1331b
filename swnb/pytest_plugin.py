"""The pytest plugin: with ``pytest --swnb`` each recording, and each notebook with a recording beside it, is a test.

Without that option it does nothing, and imports nothing of swnb but the package.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from swnb.verifying.options import Options


class NotWell(Exception):  # noqa: N818  (no error of the plugin: what an item's failure is)
    """An item differs, failed, or could not be told.

    Attributes
    ----------
    text
        All there is to say.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("swnb", "recordings and notebooks of swnb")
    group.addoption("--swnb", action="store_true", help="verify recordings, and notebooks that have one beside them")
    group.addoption("--swnb-update", action="store_true", help="keep what came now in the place of what differs")
    group.addoption("--swnb-executable", metavar="PATH", help="another Chromium")
    group.addoption("--swnb-attach", choices=("hold", "detached"), help="another policy of attaching")
    group.addoption(
        "--swnb-ignore", metavar="WHAT", action="append", default=[], help="leave out, as `swnb verify --ignore`"
    )
    group.addoption(
        "--swnb-redact", metavar="WHAT", action="append", default=[], help="what new recordings must not hold"
    )
    group.addoption(
        "--swnb-timeout",
        metavar="SECONDS",
        type=float,
        default=60.0,
        help="for each cell, and each command of a replay",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Say at once what of the options cannot be understood."""
    if not config.getoption("swnb", False):
        return
    from swnb.errors import SwnbError

    try:
        _options(config).check()
        if not 0 < config.getoption("swnb_timeout") < float("inf"):
            raise SwnbError(f"--swnb-timeout is {config.getoption('swnb_timeout'):g}", "give a number greater than 0")
    except SwnbError as error:
        raise pytest.UsageError(str(error)) from None


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Verified | None:
    """Take recordings that are alone, notebooks with a recording beside them, and what of both is named."""
    if not parent.config.getoption("swnb", False):
        return None
    from swnb.recording.filenames import suffix_of
    from swnb.verifying.items import NOTEBOOK, inside

    if file_path.suffix != NOTEBOOK and not suffix_of(file_path):
        return None
    named = parent.session.isinitpath(file_path)
    if named or inside(file_path) is not None:
        return Verified.from_parent(parent, path=file_path)
    return None


class Verified(pytest.File):
    """A file that is one test."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the test."""
        yield Run.from_parent(self, name="verify")


class Run(pytest.Item):
    """A recording's replay, or a notebook's execution, and the comparison."""

    def runtest(self) -> None:
        """Run it; raise `NotWell` for all that is not well."""
        from swnb.verifying.items import item_of
        from swnb.verifying.verify import verify

        verdict = verify(item_of(self.path), _options(self.config))
        if verdict.kept:
            self.add_report_section("call", "swnb", f"kept: {', '.join(map(str, verdict.kept))}")
        if not verdict.good:
            _, _, more = verdict.text().partition("\n")  # the file's name is told by pytest
            raise NotWell(f"{verdict.state}: {verdict.brief}\n{more}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return what is told of a failure: what differs, and no traceback of ours."""
        if isinstance(excinfo.value, NotWell):
            return excinfo.value.text
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return where the test is, and its name."""
        return self.path, None, self.path.name


def _options(config: pytest.Config) -> Options:
    from swnb.verifying.options import Options

    return Options(
        ignore=tuple(config.getoption("swnb_ignore")),
        redact=tuple(config.getoption("swnb_redact")),
        executable=config.getoption("swnb_executable"),
        attach=config.getoption("swnb_attach"),
        timeout_s=config.getoption("swnb_timeout"),
        update=config.getoption("swnb_update"),
    )
