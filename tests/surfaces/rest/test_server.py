"""How the server listens, and how it ends."""

import asyncio
import signal
import socket
import subprocess
import sys
from pathlib import Path
from unittest.mock import Mock

import pytest
import uvicorn

from shopkeeper.surfaces.rest import server as module
from shopkeeper.surfaces.rest.server import Patient, _configuration, _listening
from tests.surfaces.rest.conftest import served


def test_a_body_does_not_wait_for_the_receipt_of_its_head() -> None:
    with _listening("127.0.0.1", 0) as listening:
        address = listening.getsockname()
        with socket.create_connection(address), listening.accept()[0] as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_new_connections_are_taken_in_a_loop_that_takes_them_all() -> None:
    assert _configuration(None).loop == "asyncio"


def test_a_reader_who_takes_nothing_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_READ_SECONDS", 0.05)
    transport = Mock(spec=asyncio.Transport)
    transport.get_extra_info.return_value = None
    transport.get_write_buffer_size.return_value = 0

    async def go(reads: bool) -> None:
        configuration = _configuration(None)
        configuration.load()
        connection = Patient(configuration, uvicorn.server.ServerState(), {})
        connection.connection_made(transport)
        connection.pause_writing()
        if reads:
            connection.resume_writing()
        await asyncio.sleep(0.1)
        connection.connection_lost(None)

    asyncio.run(go(True))
    assert not transport.abort.called
    asyncio.run(go(False))
    assert transport.abort.called


@pytest.mark.parametrize(("pauses", "let_go"), [(1, False), (4, True)])
def test_a_reader_who_takes_little_at_a_time_is_let_go(
    monkeypatch: pytest.MonkeyPatch, pauses: int, let_go: bool
) -> None:
    monkeypatch.setattr(module, "_READ_SECONDS", 0.06)
    transport = Mock(spec=asyncio.Transport)
    transport.get_extra_info.return_value = None
    transport.get_write_buffer_size.return_value = 10

    async def go() -> None:
        configuration = _configuration(None)
        configuration.load()
        connection = Patient(configuration, uvicorn.server.ServerState(), {})
        connection.connection_made(transport)
        for _ in range(pauses):
            connection.pause_writing()
            await asyncio.sleep(0.03)
            connection.resume_writing()
        connection.connection_lost(None)

    asyncio.run(go())
    assert transport.abort.called == let_go


def test_a_reader_has_time_for_as_much_as_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_READ_SECONDS", 0.02)
    transport = Mock(spec=asyncio.Transport)
    transport.get_extra_info.return_value = None
    transport.get_write_buffer_size.return_value = module._SLOWEST_READER

    async def go() -> None:
        configuration = _configuration(None)
        configuration.load()
        connection = Patient(configuration, uvicorn.server.ServerState(), {})
        connection.connection_made(transport)
        connection.pause_writing()
        await asyncio.sleep(0.1)
        connection.resume_writing()
        # What was not used of a second is no credit for later.
        assert connection._spare <= 0.02
        connection.connection_lost(None)

    asyncio.run(go())
    assert not transport.abort.called


def test_a_signal_ends_the_server_and_leaves_nothing(own_shop: Path, tmp_path: Path) -> None:
    import tempfile

    with served(own_shop, tmp_path / "log") as server:
        number = server.process.pid
        folders = [*Path(tempfile.gettempdir()).glob(f"shopkeeper-desk-{number}-*")]
        assert len(folders) == 1
    assert not folders[0].exists()
    with served(own_shop, tmp_path / "log", ends=-signal.SIGTERM) as server:
        server.process.terminate()
        server.process.wait(timeout=20)
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_a_missing_package_is_told_with_what_to_install(own_shop: Path) -> None:
    code = (
        "import sys\n"
        "sys.modules['fastapi'] = None\n"
        "from shopkeeper.surfaces.cli import main\n"
        f"main(['serve', {str(own_shop)!r}])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 4
    assert 'pip install "shopkeeper[serve]"' in done.stderr


def test_every_address_of_this_machine_is_answered_at(own_shop: Path, tmp_path: Path) -> None:
    with served(own_shop, tmp_path / "log", "--host", "127.0.0.2") as server:
        where = ("127.0.0.2", server.port)
        with socket.create_connection(where, timeout=15) as raw:
            raw.sendall(f"GET /v1 HTTP/1.1\r\nHost: {where[0]}:{where[1]}\r\n\r\n".encode())
            assert raw.recv(100).startswith(b"HTTP/1.1 200 ")
