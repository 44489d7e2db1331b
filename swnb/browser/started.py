"""A browser that was just spawned, before anyone speaks to it. Light to import: all else is imported while Chromium starts."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from swnb.browser.process import BrowserProcess
    from swnb.browser.profile import Profile

END_S = 3.0
"""How long a browser may take to end by itself before it is killed."""


class Started:
    """A browser's process and profile, from the moment it was spawned; speaking to it comes later."""

    def __init__(self, process: BrowserProcess, profile: Profile, executable: str) -> None:
        self.process = process
        self.profile = profile
        self.executable = executable

    def end(self) -> None:
        """End the process, by force if need be, and remove the profile."""
        self.process.end(END_S)
        self.profile.remove()


def start_process(
    *,
    executable: str | None,
    origin_port: int,
    headed: bool = False,
    open_network: bool = False,
    arguments: tuple[str, ...] = (),
    sandbox: bool | None = None,
    environment: Mapping[str, str] | None = None,
) -> Started:
    """Find Chromium and spawn it with a private profile. Quick: nothing is awaited, and no heavy module imported.

    `environment` is what it gets beside this process's own.

    Raises
    ------
    BrowserNotFound, BrowserStartFailed, InvalidArgument
        If there is none, it cannot be executed, or an argument would break the pipe.
    """
    from swnb.browser import find, launch, profile

    path = find.find_chromium(executable)
    folder = profile.Profile.create()
    try:
        argv = launch.command_line(
            path,
            profile=folder.user_data,
            origin_port=origin_port,
            headed=headed,
            open_network=open_network,
            extra=arguments,
            sandbox=sandbox,
        )
        process = launch.spawn(
            argv, env={**os.environ, **folder.environment, **(environment or {})}, log_path=folder.log_path
        )
    except BaseException:
        folder.remove()
        raise
    return Started(process, folder, path)
