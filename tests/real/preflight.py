"""What the tests marked `real` need, and whether it is here. Run by `make test-all`."""

import os
import shutil
import sysconfig
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Program:
    """A program of somebody else that some tests run against."""

    commands: tuple[str, ...]
    what_for: str
    how: str

    def path(self) -> Path | None:
        """Where it is: beside this Python first (wheels), then on the PATH."""
        places = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])
        for command in self.commands:
            if found := shutil.which(command, path=places):
                return Path(found)
        return None


PROGRAMS = {
    "chromium": Program(
        ("chromium", "chromium-browser", "google-chrome"),
        "the pages in a real browser",
        "apt-get install chromium",
    ),
    "java": Program(("java",), "OWL reasoning (HermiT)", "apt-get install default-jre-headless"),
    "oxigraph": Program(
        ("oxigraph",),
        "a SPARQL server of its own process",
        "python -m pip install --require-hashes -r requirements/all.txt",
    ),
    "virtuoso": Program(
        ("virtuoso-t",),
        "a SPARQL server of another maker",
        "apt-get install virtuoso-opensource",
    ),
    "isql": Program(
        ("isql-vt", "isql-v"),
        "loading that server",
        "apt-get install virtuoso-opensource",
    ),
    "curl": Program(("curl",), "the service from a shell", "apt-get install curl"),
    "nginx": Program(
        ("nginx", "/usr/sbin/nginx"),  # not on everybody's PATH
        "the service behind a proxy",
        "apt-get install nginx-light",
    ),
    "openssl": Program(("openssl",), "a certificate for it", "apt-get install openssl"),
    "systemd": Program(("systemd-analyze",), "the unit for systemd", "apt-get install systemd"),
}


def shared_folder() -> Path | None:
    """The folder of background data: NHM_SHARED, else ../shared beside the checkout.

    Raises NotADirectoryError where NHM_SHARED names something that is not a folder: whoever sets
    it means it.
    """
    named = os.environ.get("NHM_SHARED")
    folder = Path(named) if named else Path(__file__).resolve().parents[3] / "shared"
    if folder.is_dir():
        return folder.resolve()
    if named:
        raise NotADirectoryError(f"NHM_SHARED is not a folder: {named}")
    return None


def main() -> None:
    """Print what was found and what was not."""
    rows = [(name, p.path(), p.what_for, p.how) for name, p in PROGRAMS.items()]
    rows.append(("shared", shared_folder(), "background data and W3C suites", "set NHM_SHARED"))
    print("=" * 20, "what the tests marked real find here", "=" * 20)
    for name, path, what_for, how in rows:
        if path:
            print(f"found    {name:9} {path}")
        else:
            print(f"MISSING  {name:9} for {what_for}; tests that need it are skipped. {how}")


if __name__ == "__main__":
    main()
