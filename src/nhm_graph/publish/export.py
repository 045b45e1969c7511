"""The data as a folder for any web server: dumps, checksums, catalogue, VoID.

The addresses in the folder are those of the service. Everything is made in a folder beside and
then put in place file by file; a file that stays the same is not touched. What a former export
wrote and this one does not is removed, unless somebody has changed it since.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from nhm_graph.errors import BadParameter
from nhm_graph.graph import Graph
from nhm_graph.language import Text
from nhm_graph.publish.catalog import PREFIXES, Site, catalogue
from nhm_graph.publish.dumps import Dump, DumpFile, files_of, published, whole, whole_file
from nhm_graph.publish.dumps import write_digested as digested
from nhm_graph.publish.void import void
from nhm_graph.rdf.formats import JSON_LD, RDF_XML, TURTLE
from nhm_graph.rdf.statements import written
from nhm_graph.store.embedded import EmbeddedStore
from nhm_graph.store.loading import Progress

MANIFEST = "nhm-graph-export.json"
CHECKSUMS = "SHA256SUMS"
_NEW = ".nhm-graph-export"
_VOID = ".well-known/void"
_CHUNK = 1_048_576


@dataclass(slots=True)
class Exported:
    """What an export did: the paths that are new or changed, that stayed, that were removed."""

    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)


def export(
    graph: Graph,
    target: Path,
    site: Site,
    *,
    fictional: bool = False,
    progress: Progress | None = None,
) -> Exported:
    """Writes everything into a folder, which is made where it is missing.

    Raises BadParameter where the folder holds files in the way that no export wrote.

    >>> from tempfile import TemporaryDirectory
    >>> from nhm_graph.graph import open_graph
    >>> from nhm_graph.settings import Settings
    >>> graph = open_graph(Settings(examples=False))
    >>> with TemporaryDirectory() as folder:
    ...     first = export(graph, Path(folder), Site.of(graph.settings))
    ...     second = export(graph, Path(folder), Site.of(graph.settings))
    >>> "dump/sdg.ttl" in first.changed, second.changed, second.removed
    (True, [], [])
    """
    target.mkdir(parents=True, exist_ok=True)
    before = _read_manifest(target)
    with _beside(target) as new:
        made = _write_dumps(graph, new, fictional, progress)
        _write_catalogue(graph, new, site, made, fictional)
        digests = {path: _digest(new / path) for path in _paths(new)}
        _write(new / CHECKSUMS, "".join(f"{each}  {path}\n" for path, each in digests.items()))
        digests[CHECKSUMS] = _digest(new / CHECKSUMS)
        _refuse_foreign(target, digests, before)
        return _put_in_place(new, target, digests, before)


def only_cities(graph: Graph, cities: Sequence[str]) -> tuple[Graph, bool]:
    """A graph in memory with nothing but these cities and what all share.

    The second value says whether one of them is fictional. Raises UnknownName.

    >>> from nhm_graph.graph import open_graph
    >>> from nhm_graph.settings import Settings
    >>> graph, fictional = only_cities(open_graph(Settings()), ["heilbronn"])
    >>> [city.slug for city in graph.cities("en")], fictional
    (['heilbronn'], False)
    """
    chosen = [graph.city(name, "de") for name in cities]
    store = EmbeddedStore(views=graph.settings.city_views)
    for name in sorted({name for city in chosen for name in graph.graphs_of_city(city)}):
        store.replace_graph(name, graph.store.read_graph(name))
    return Graph(store, graph.files, graph.settings), any(city.fictional for city in chosen)


def _write_dumps(
    graph: Graph, new: Path, fictional: bool, progress: Progress | None
) -> dict[str, list[DumpFile]]:
    """Writes the dumps; the files of each graph, with size and checksum."""
    made: dict[str, list[DumpFile]] = {}
    names = published(graph, fictional=fictional)
    for number, iri in enumerate(names, 1):
        made[iri] = []
        files = files_of(graph, iri)
        if files:
            with Dump(graph, iri) as dump:
                for file in files:
                    path = _opened(new, file.path)
                    with path.open("wb") as output:
                        dump.write(file.name, output)
                    size = path.stat().st_size
                    made[iri].append(replace(file, size=size, sha256=_digest(path)))
        if progress:
            progress(iri, number, len(names))
    with _opened(new, whole_file(graph).path).open("wb") as output:
        digested(whole(graph, fictional=fictional), output)
    return made


def _write_catalogue(
    graph: Graph, new: Path, site: Site, made: Mapping[str, Sequence[DumpFile]], fictional: bool
) -> None:
    def files(iri: str) -> Sequence[DumpFile]:
        return made.get(iri, ())

    said = catalogue(graph, site, files, fictional=fictional)
    for form in (TURTLE, JSON_LD, RDF_XML):
        (new / f"catalog{form.suffix}").write_bytes(written(said, form, PREFIXES))
    described = void(graph, site, files, whole=whole_file(graph), fictional=fictional)
    _opened(new, _VOID).write_bytes(written(described, TURTLE, PREFIXES))


def _opened(new: Path, path: str) -> Path:
    """Where a file with this address goes; its folder is made."""
    found = new / path.lstrip("/")
    found.parent.mkdir(parents=True, exist_ok=True)
    return found


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    new = target / _NEW
    # Left behind by an export that was ended from outside.
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    try:
        yield new
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _refuse_foreign(target: Path, digests: Mapping[str, str], before: Mapping[str, str]) -> None:
    foreign = [
        path
        for path, digest in digests.items()
        if path not in before and (target / path).exists() and _digest(target / path) != digest
    ]
    if foreign:
        listed = ", ".join(foreign[:3]) + (", …" if len(foreign) > 3 else "")
        raise BadParameter(
            Text(
                de=f"In {target} stehen Dateien im Weg, die kein Export geschrieben hat: {listed}.",
                en=f"{target} holds files in the way that no export has written: {listed}.",
            ),
            mend=Text(
                de="Einen anderen Ordner wählen oder diese Dateien entfernen.",
                en="Choose another folder, or remove these files.",
            ),
        )


def _put_in_place(
    new: Path, target: Path, digests: Mapping[str, str], before: Mapping[str, str]
) -> Exported:
    done = Exported()
    # Checksums last: until then they say that something is under way.
    for path, digest in sorted(digests.items(), key=lambda each: (each[0] == CHECKSUMS, each[0])):
        place = target / path
        if place.is_file() and _digest(place) == digest:
            done.unchanged.append(path)
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        os.replace(new / path, place)
        done.changed.append(path)
    for path in sorted(set(before) - set(digests)):
        if _remove(target, path, before[path]):
            done.removed.append(path)
    if before != digests:
        text = json.dumps({"files": dict(digests)}, indent=1, sort_keys=True) + "\n"
        _write(new / MANIFEST, text)
        os.replace(new / MANIFEST, target / MANIFEST)
    return done


def _remove(target: Path, path: str, digest: str) -> bool:
    """Removes what a former export wrote, and folders that become empty; no file of others."""
    place = target / path
    if not place.is_file() or _digest(place) != digest:
        return False
    place.unlink()
    for folder in place.parents:
        if folder == target or any(folder.iterdir()):
            break
        folder.rmdir()
    return True


def _read_manifest(target: Path) -> dict[str, str]:
    """What the last export wrote there: digests by path. What leaves the folder does not count."""
    try:
        files = json.loads((target / MANIFEST).read_text("utf-8"))["files"].items()
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return {}
    return {
        path: str(digest)
        for path, digest in files
        if not PurePosixPath(path).is_absolute() and ".." not in PurePosixPath(path).parts
    }


def _paths(folder: Path) -> list[str]:
    return sorted(
        each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file()
    )


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
