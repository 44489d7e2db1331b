from __future__ import annotations

import pytest
from traitlets import TraitError
from traitlets.config import Config

from swnb.lab.config import LabConfig
from swnb.lab.settings import Settings


def test_each_setting_is_a_trait_with_the_same_default_and_a_help() -> None:
    traits = LabConfig.class_traits(config=True)
    assert set(traits) == set(Settings.DEFAULTS)
    for name, default in Settings.DEFAULTS.items():
        value = getattr(LabConfig(), name)
        assert (tuple(value) if isinstance(value, list) else value) == default
        assert traits[name].help.endswith(".")


def test_a_configuration_file_says_c_lab() -> None:
    assert "Lab" in LabConfig.section_names()
    config = Config()
    config.Lab.timeout_s = 10
    config.Lab.arguments = ["--lang=de"]
    settings = LabConfig(config=config).settings()
    assert (settings["timeout_s"], settings["arguments"]) == (10.0, ["--lang=de"])


def test_what_is_given_goes_before_what_is_configured() -> None:
    config = Config()
    config.Lab.loop = "kernel"
    assert LabConfig(config=config).settings(loop=None)["loop"] == "kernel"
    assert LabConfig(config=config).settings(loop="thread")["loop"] == "thread"


@pytest.mark.parametrize("setting", [{"timeout_s": 0}, {"timeout_s": "x"}, {"loop": "other"}])
def test_what_cannot_be_is_refused(setting: dict[str, object]) -> None:
    with pytest.raises(TraitError):
        LabConfig(config=Config({"Lab": setting}))
