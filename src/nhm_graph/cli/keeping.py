"""nhm-graph load."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from nhm_graph.cli.speaking import progress, say
from nhm_graph.graph import open_graph
from nhm_graph.rdf.terms import typed_term
from nhm_graph.settings import Settings
from nhm_graph.store.loading import read_graphs


@click.command(
    help=say(
        "Lädt Dateien in den Datenbestand, jede in den Graphen, den sie beschreibt. "
        "Der Graph besteht danach genau aus der Datei.",
        "Loads files into the store, each into the graph that it describes. "
        "Afterwards the graph consists of exactly the file.",
    )
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--graph", metavar="IRI", help=say("Graph für die Tripel", "graph for the triples"))
@click.option(
    "--store",
    "store_dir",
    type=click.Path(path_type=Path),
    metavar="DIR",
    required=True,
    help=say("Ordner des Datenbestands", "folder of the store"),
)
def load(files: Sequence[Path], graph: str | None, store_dir: Path) -> None:
    """Loads files into the store."""
    settings = replace(Settings.from_environment(os.environ), store_dir=store_dir, examples=False)
    if graph is not None:
        typed_term("iri", graph, name="graph")
    # Before the store is opened, and so perhaps made.
    together = read_graphs(files, settings.max_upload_bytes, graph, progress())
    opened = open_graph(settings)
    try:
        for name, count in opened.replace(together).items():
            click.echo(say(f"{name}: {count} Tripel", f"{name}: {count} triples"))
    finally:
        opened.close()
