from __future__ import annotations

import asyncio
import os
from pathlib import Path

from swnb.desktop.folders import FolderWatch


def test_removals_are_told(tmp_path: Path) -> None:
    async def act() -> None:
        told: asyncio.Queue[str] = asyncio.Queue()
        before = len(os.listdir("/proc/self/fd"))
        watch = FolderWatch(told.put_nowait)
        folders = [tmp_path / name for name in ("a", "b", "ü ")]
        for folder in folders:
            folder.mkdir()
            watch.watch(str(folder))
        for folder in folders:
            folder.rmdir()
        assert [await told.get() for _ in folders] == list(map(str, folders))
        watch.watch(str(tmp_path / "gone"))
        assert told.get_nowait() == str(tmp_path / "gone")
        watch.watch(str(tmp_path / "no" / "parent"))
        assert told.get_nowait() == str(tmp_path / "no" / "parent")
        watch.close()
        watch.close()
        assert len(os.listdir("/proc/self/fd")) == before

    asyncio.run(asyncio.wait_for(act(), 20))
