"""Where the data files are, and the digests that say which state of them is at work."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from nhm_graph.errors import StoreProblem
from nhm_graph.language import Text

_FOLDERS = ("ontology", "shapes", "queries", "examples")


@dataclass(frozen=True, slots=True)
class DataFiles:
    """The four folders of the product below one root.

    >>> files = find_data_files()
    >>> any(path.name == "nhm.ttl" for path in files.ontology())
    True
    """

    root: Path

    def ontology(self) -> list[Path]:
        """The ontology, the SDGs, the lists and their mappings, read together with every city.

        Alignments with foreign vocabularies and migrations are for others and stay out.
        """
        folder = self.root / "ontology"
        own = [folder / "nhm.ttl", folder / "sdg.ttl"]
        return own + _below(folder / "lists", "*.ttl") + _below(folder / "mappings", "*.ttl")

    def shapes(self) -> list[Path]:
        """The rules."""
        return _below(self.root / "shapes", "*.ttl")

    def queries(self) -> list[Path]:
        """The named questions."""
        return _below(self.root / "queries", "*.rq")

    def examples(self) -> list[Path]:
        """The example cities, one file for each graph."""
        return _below(self.root / "examples", "*.ttl")


def find_data_files(root: Path | None = None) -> DataFiles:
    """The data files below a given root, else those in the wheel, else those of the checkout.

    An editable install does not see what the wheel carries, hence the checkout. Raises
    StoreProblem where there are none.

    >>> find_data_files().queries()[0].suffix
    '.rq'
    """
    package = Path(__file__).resolve().parents[1]
    candidates = [root] if root else [package / "_data", package.parents[1]]
    for candidate in candidates:
        if (candidate / "ontology" / "nhm.ttl").is_file():
            return DataFiles(candidate)
    tried = ", ".join(str(candidate) for candidate in candidates)
    raise StoreProblem(
        Text(
            de=f"Die Datendateien ({', '.join(_FOLDERS)}) fehlen; gesucht wurde in {tried}.",
            en=f"The data files ({', '.join(_FOLDERS)}) are missing; looked in {tried}.",
        ),
        mend=Text(
            de="Das Paket neu installieren oder mit NHM_DATA_DIR ihren Ordner nennen.",
            en="Install the package again, or set NHM_DATA_DIR to the folder that holds them.",
        ),
    )


def digest(paths: Iterable[Path]) -> str:
    """One digest over the contents of files, whatever their line endings (SHA-256, 16 hex digits).

    >>> digest([])
    'e3b0c44298fc1c14'
    """
    whole = hashlib.sha256()
    for path in sorted(paths):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        whole.update(hashlib.sha256(content).digest())
    return whole.hexdigest()[:16]


def _below(folder: Path, pattern: str) -> list[Path]:
    return sorted(path for path in folder.rglob(pattern) if not path.name.startswith("."))
