"""The OpenAPI document against the running server: no 5xx, and every response as it is described."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.surfaces.rest.conftest import served

# What a verb's own rule refuses (an accuracy above 1) fits the schema and is a 422 all the same.
LEFT_OUT = "positive_data_acceptance"


@pytest.mark.slow
def test_every_response_is_as_the_schema_says(own_shop: Path, tmp_path: Path) -> None:
    with served(own_shop, tmp_path / "log", "--jobs", "2", planted=False) as server:
        code = "from schemathesis.cli import schemathesis; schemathesis()"
        arguments = [
            "run", f"{server.address}/openapi.json", "--checks", "all", "--exclude-checks", LEFT_OUT,
            "--header", "Prefer: wait=0", "--max-examples", "15", "--seed", "1", "--no-color",
            "--continue-on-failure",
        ]  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments], cwd=tmp_path, capture_output=True, text=True,
            check=False, env=os.environ | {"PYTHONWARNINGS": "ignore"},
        )  # fmt: skip
        told = done.stdout + done.stderr
        assert done.returncode == 0, told[-8000:]
        counted = re.search(r"(\d+) generated", told)
        assert counted
        assert int(counted[1]) > 500
        assert re.search(r"Tested: 1[5-9]|Tested: [2-9]\d", told), told[-2000:]
        figures = server.ask("/metrics").body.decode()
    assert re.findall(r'shopkeeper_requests_total\{.*status="5\d\d"\} \d+', figures) == []
    assert re.search(r'route="/v1/overview",status="200"\} [1-9]', figures)
    assert re.search(r'status="202"\} [1-9]', figures)
