"""Stores with synthetic cities, made once and kept in .bench/ (which git ignores)."""

import fcntl
import hashlib
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cities import write_city
from nhm_graph.catalog.files import find_data_files
from nhm_graph.graph import Graph, open_graph
from nhm_graph.settings import Settings

HERE = Path(__file__).resolve().parent
CACHE = HERE.parent / ".bench"
SEED = 2026
_DATA_VERSION = 1  # raise to have all stores made anew


@contextmanager
def alone() -> Iterator[None]:
    """Holds .bench/ for one run: a second one would spoil the stores and the times of the first.

    Raises BlockingIOError where another run has it.
    """
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def city_files(number: int) -> list[Path]:
    """The files of one synthetic city, written where they are missing."""
    folder = CACHE / _key() / "cities" / f"stadt-{number:04}"
    found = sorted(folder.glob("*.ttl"))
    if (folder / "done").exists():
        return found
    written = write_city(number, folder, SEED)
    (folder / "done").touch()
    return sorted(written)


def vocabulary_files() -> Sequence[Path]:
    """The files that every store has beside the cities: ontology, lists, SDGs."""
    return find_data_files().ontology()


def store_of(cities: int) -> Path:
    """The folder of a store that holds so many cities; filled on first use (100: minutes)."""
    return kept(f"store-{cities}", lambda folder: _fill(folder, cities))


def kept(name: str, fill: Callable[[Path], int]) -> Path:
    """The folder of a store of this name; made on first use by `fill`, which says its triples."""
    folder = CACHE / _key() / name
    if folder.exists():
        return folder
    unfinished = folder.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    started = time.perf_counter()
    triples = fill(unfinished)
    unfinished.rename(folder)
    seconds = time.perf_counter() - started
    print(f"  {name}: {triples:,} triples, made in {seconds:.0f} s (kept)", flush=True)
    return folder


def _fill(folder: Path, cities: int) -> int:
    graph = open_folder(folder)
    for number in range(1, cities + 1):
        graph.load(city_files(number))
        if number % 10 == 0:
            print(f"  loaded {number} of {cities} cities", flush=True)
    triples = sum(1 for name in graph.store.graph_names() for _ in graph.store.read_graph(name))
    graph.close()
    return triples


def open_folder(folder: Path) -> Graph:
    """A store as the product opens it, without the example cities."""
    return open_graph(Settings(store_dir=folder, examples=False))


def _key() -> str:
    """Stands for what the data depends on: the generator and the SDGs that it refers to."""
    whole = hashlib.sha256(f"{SEED} {_DATA_VERSION}".encode())
    generator = [
        HERE / name for name in ("cities.py", "graph_file.py", "indicators.py", "strategy.py")
    ]
    for path in [*generator, *(path for path in vocabulary_files() if path.name == "sdg.ttl")]:
        whole.update(path.read_bytes())
    return whole.hexdigest()[:12]
