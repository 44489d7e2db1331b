"""One browser for all tests of a module, as clean for each test as a new one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from time import monotonic

import pytest

import swnb
from swnb.lab.async_lab import AsyncLab


async def tidy(lab: AsyncLab) -> None:
    """Close the windows, end the workers, empty the sites."""
    for window in lab.windows:
        await window.close()
    service_workers = lab.browser.service_workers
    for registration in service_workers.all():
        for version in registration.versions.values():
            if version.running != "stopped":
                await service_workers.stop_worker(version)
        with suppress(swnb.errors.ProtocolError):
            await service_workers.unregister(registration.scope)
    deadline = monotonic() + 20.0
    while living := [registration for registration in service_workers.all() if registration.living]:
        assert monotonic() < deadline, [(r.scope, r.deleted, r.versions) for r in living]
        await service_workers.changed(1.0)
    for site in lab.sites:
        for path in [route.path for route in site.routes] + [mount.prefix for mount in site.mounts]:
            site.remove(path)


@pytest.fixture(scope="module")
def module_lab() -> Iterator[swnb.Lab]:
    with swnb.Lab(timeout_s=20.0) as lab:
        yield lab


@pytest.fixture
def lab(module_lab: swnb.Lab) -> Iterator[swnb.Lab]:
    yield module_lab
    module_lab.run(tidy, module_lab.asynchronous)
