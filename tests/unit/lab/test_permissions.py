"""Origins and words of permissions, without a browser."""

from __future__ import annotations

from typing import Any, cast

import pytest

from swnb.browser.session import Session
from swnb.errors import InvalidArgument
from swnb.lab.permissions import AsyncPermissions, _origin_of, known
from swnb.log import Log
from swnb.origin.site import Site


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://lab.localhost/a?b#c", "http://lab.localhost"),
        ("http://LAB.localhost:80", "http://lab.localhost"),
        ("https://lab.localhost:443/", "https://lab.localhost"),
        ("http://lab.localhost:8080/x", "http://lab.localhost:8080"),
        ("http://user:secret@lab.localhost/", "http://lab.localhost"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
        ("about:blank", None),
        ("data:text/html,x", None),
        ("file:///etc", None),
        ("http://", None),
        ("http://[", None),
        ("lab", None),
        ("", None),
    ],
)
def test_origins(url: str, origin: str | None) -> None:
    assert _origin_of(url) == origin


class Root:
    """Notes what is posted."""

    def __init__(self) -> None:
        self.posted: list[tuple[str, str, str]] = []

    def post(self, method: str, params: dict[str, Any]) -> None:
        assert method == "Browser.setPermission"
        self.posted.append((params["permission"]["name"], params["setting"], params["origin"]))


@pytest.mark.parametrize("owned", [True, False])
def test_what_is_granted_from_the_start_is_posted(owned: bool) -> None:
    root, sites = Root(), [Site("lab", "http://lab.localhost")]
    permissions = AsyncPermissions(cast("Session", root), Log(), lambda: sites, list, owned=owned)
    sites.append(Site("other", "http://other.localhost"))
    permissions.joined(sites[1])
    permissions.joined(sites[1])
    expected = [("notifications", "granted", site.url) for site in sites]
    assert root.posted == (expected if owned else [])
    granted = {"notifications": "granted", "push": "granted"}
    assert permissions.told() == ({site.url: granted for site in sites} if owned else {})
    assert permissions.told("other") == ({"http://other.localhost": granted} if owned else {})


def test_words_that_are_unknown() -> None:
    with pytest.raises(InvalidArgument) as caught:
        known("gelocation", ("geolocation", "push"), "permission")
    assert (
        str(caught.value)
        == "there is no permission 'gelocation'\ndid you mean 'geolocation'? there are: geolocation, push"
    )
    with pytest.raises(InvalidArgument, match="there is no permission None"):
        known(cast("str", None), ("push",), "permission")
