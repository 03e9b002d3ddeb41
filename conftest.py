"""What holds for every test: no network, seeded property tests, one Java runtime at a time."""

import functools
import ipaddress
import os
import shutil
import socket
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("dev", max_examples=50, deadline=None, derandomize=True)
settings.register_profile(
    "ci",
    max_examples=200,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


def _stays_here(address: object) -> bool:
    if not isinstance(address, tuple):
        return True
    if address[0] in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(address[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Refuse every connection that leaves the machine, whoever asks for it."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            original = getattr(socket.socket, name)

            def guarded(
                self: socket.socket, address: object, *, _original: object = original
            ) -> object:
                if not _stays_here(address):
                    raise PermissionError(f"a test tried to leave the machine, to {address!r}")
                return _original(self, address)  # type: ignore[operator]

            patch.setattr(socket.socket, name, guarded)
        yield


@pytest.fixture(autouse=True)
def _own_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the language and the memory of whoever runs the tests out of them."""
    for name in ("SHOPKEEPER_LANG", "SHOPKEEPER_MEMORY", "SHOPKEEPER_DEBUG"):
        monkeypatch.delenv(name, raising=False)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests that need a Java runtime on one worker, and skip what the machine lacks."""
    for item in items:
        if item.get_closest_marker("spark"):
            item.add_marker(pytest.mark.xdist_group("spark"))
            item.add_marker(pytest.mark.skipif(not shutil.which("java"), reason="there is no Java"))
        if item.get_closest_marker("gpu"):
            item.add_marker(pytest.mark.skipif(not _has_gpu(), reason="there is no CUDA device"))


@functools.cache
def _has_gpu() -> bool:
    import torch

    return torch.cuda.is_available()
