"""The W3C test suites of the SPARQL 1.1 Protocol, Graph Store Protocol and Service Description."""

import subprocess
import sys
from pathlib import Path

from nhm_graph.web.app import create_app
from serving import TOKEN, served, settings


def test_w3c_protocol_suites_pass_without_exception(shared: Path) -> None:
    with served(create_app(settings())) as address:
        command = [
            *(sys.executable, str(shared / "tools" / "sparql_protocol.py")),
            *("--query", f"{address}/sparql", "--update", f"{address}/update"),
            *("--gsp", f"{address}/store", "--gsp-direct-prefix", f"{address}/store"),
            *("--write-header", f"Authorization: Bearer {TOKEN}"),
            *("--suite", "protocol,gsp,gspdirect,sd"),
        ]
        run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    said = [line.split() for line in run.stdout.splitlines() if " pass " in line]
    assert {suite: (passed, skipped) for suite, _, passed, *_, skipped in said} == {
        "protocol": ("34", "0"),
        "gsp": ("9", "0"),
        "gspdirect": ("4", "0"),
        "sd": ("3", "0"),
    }
