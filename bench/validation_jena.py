"""Jena's SHACL engine as Debian packages it, for the bench of validation.

The jars are looked for where Debian installs them (package libapache-jena-java) and below
.bench/jena/root, where the package and what it depends on may be unpacked instead:
`apt-get download …`, then `dpkg -x package.deb .bench/jena/root`. Debian's jars need help to start:
message files lie in another folder than where their code looks for them.
"""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import stores
from damage import Result
from validation_engines import Absent

_SOURCE = stores.HERE / "jena" / "Validate.java"
_PACKAGE = "libapache-jena-java"
_JARS = Path("usr/share/java")
_WANTED = (
    *("jena", "commons", "dexx", "gson", "guava", "http", "jackson", "jakarta", "jsonld"),
    *("libthrift", "thrift", "titanium", "protobuf", "slf4j-api", "slf4j-nop", "caffeine"),
)
_MOVED = "org/apache/jena/ext/xerces/"


class Jena:
    """Jena in a process of its own, warmed up, with the times that it takes itself."""

    name = "Jena"
    grain = "component"
    reads = False

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self.milliseconds = 0.0

    def prepare(self, shapes: Path, data: Path) -> None:
        """Starts the virtual machine where it does not run yet, then reads both files."""
        if self._process is None:
            self._process = _started()
        self._ask(f"load\t{shapes}\t{data}")

    def ready(self) -> None:
        """See Engine."""

    def validate(self) -> Any:
        """See Engine. What Jena itself measured is in `milliseconds`."""
        self._ask("validate")

    def results(self, found: Any) -> set[Result]:
        """See Engine."""
        answer: set[Result] = set()
        for line in self._ask("results"):
            focus, shape, component = line.split("\t")
            answer.add((focus, shape, component))
        return answer

    def close(self) -> None:
        """Ends the virtual machine."""
        if self._process is not None:
            self._process.communicate()
            self._process = None

    def _ask(self, line: str) -> list[str]:
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(line + "\n")
        process.stdin.flush()
        answer: list[str] = []
        for said in process.stdout:
            if said.startswith("done "):
                self.milliseconds = float(said.split()[1])
                return answer
            answer.append(said.rstrip("\n"))
        raise RuntimeError("Jena ended; what it said stands above")


def _started() -> subprocess.Popen[str]:
    java, javac = shutil.which("java"), shutil.which("javac")
    if java is None or javac is None:
        raise Absent("Jena needs a Java development kit (java, javac)")
    folder = stores.CACHE / "jena"
    path = _class_path(folder)
    classes = folder / "classes"
    compiled = classes / "Validate.class"
    if not compiled.exists() or compiled.stat().st_mtime < _SOURCE.stat().st_mtime:
        classes.mkdir(parents=True, exist_ok=True)
        subprocess.run([javac, "-cp", path, "-d", str(classes), str(_SOURCE)], check=True)
    return subprocess.Popen(
        [java, "-cp", os.pathsep.join([str(classes), path]), "Validate"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=sys.stderr,
        text=True,
        encoding="utf-8",
    )


def _class_path(folder: Path) -> str:
    """Jena's jars and what they need; every jar of the folders would be too many to start with."""
    folders = [root / _JARS for root in (folder / "root", Path("/"))]
    found = {jar.name: jar for root in reversed(folders) for jar in root.glob("*.jar")}
    if "jena-shacl.jar" not in found:
        raise Absent(
            f"Jena is not installed (Debian package {_PACKAGE}, or see bench/validation_jena.py)"
        )
    jars = [jar for name, jar in sorted(found.items()) if name.startswith(_WANTED)]
    return os.pathsep.join([str(_messages(folder, found["jena-core.jar"])), *map(str, jars)])


def _messages(folder: Path, core: Path) -> Path:
    """A folder with the message files of the jar where its code looks for them."""
    moved = folder / "messages"
    with zipfile.ZipFile(core) as jar:
        for name in jar.namelist():
            if name.startswith(_MOVED) and name.endswith(".properties"):
                path = moved / name.replace(_MOVED, "xerces/", 1)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(jar.read(name))
    return moved
