from __future__ import annotations

from pathlib import Path

import pytest

from swnb.errors import InvalidArgument
from swnb.verifying.notebook import NotebookError, read
from swnb.verifying.options import Options
from tests.unit.verifying.kept import notebook


def test_a_notebooks_own_declarations_are_added(tmp_path: Path) -> None:
    path = notebook(tmp_path / "a.ipynb", "1", ignore=["$.token"], redact=["s3cret"])
    options = Options(ignore=("console",), executable="/opt/chromium").of(read(path))
    assert options.ignore == ("console", "$.token")
    assert options.settings() == {"executable": "/opt/chromium", "redact": ["s3cret"]}
    assert Options().settings() == {}


@pytest.mark.parametrize("declared", ["$.token", [1], {"a": 1}, None])
def test_declarations_that_are_no_list_of_texts(tmp_path: Path, declared: object) -> None:
    path = notebook(tmp_path / "a.ipynb", "1", ignore=declared)
    with pytest.raises(NotebookError, match="declares as 'ignore' is no list of texts") as refused:
        read(path)
    assert '"metadata": {"swnb": {"ignore": ["$.token"]}}' in refused.value.todo


@pytest.mark.parametrize(
    "options", [Options(ignore=("re:[",)), Options(ignore=("nokind",)), Options(tolerance=-1), Options(redact=("(",))]
)
def test_what_cannot_be_understood_is_said_before_a_run(options: Options) -> None:
    with pytest.raises(InvalidArgument):
        options.check()
