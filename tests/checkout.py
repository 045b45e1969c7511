"""The files of the checkout, as git sees them."""

import subprocess
from pathlib import Path

import pytest


def tracked_files(root: Path, *folders: str) -> list[Path]:
    """What git tracks in these folders (all by default), relative to `root`, if it still exists."""
    return _git_files(root, folders, "--cached")


def files_to_be(root: Path, *folders: str) -> list[Path]:
    """The tracked files and those that the next `git add` would take."""
    return _git_files(root, folders, "--cached", "--others", "--exclude-standard")


def _git_files(root: Path, folders: tuple[str, ...], *options: str) -> list[Path]:
    if not (root / ".git").exists():
        pytest.skip("only a git checkout knows which files are tracked")
    listed = subprocess.run(
        ["git", "ls-files", "-z", *options, "--", *folders],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    names = sorted({name for name in listed.stdout.split("\0") if name})
    return [Path(name) for name in names if (root / name).is_file()]
