"""nhm-graph reference and nhm-graph kit: files made from the data files."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from nhm_graph.catalog.files import DataFiles, find_data_files
from nhm_graph.cli.speaking import say, target_argument
from nhm_graph.graph import open_graph
from nhm_graph.settings import Settings


@click.command(
    help=say(
        "Schreibt das Nachschlagewerk zu Ontologie, Listen, Fragen und Regeln als HTML.",
        "Writes the reference of ontology, lists, questions and rules as HTML.",
    )
)
@target_argument
@click.option(
    "--docs",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="DIR",
    help=say(
        "baut auch die Abschnitte der Markdown-Seiten dieses Ordners neu",
        "also builds anew the sections of the Markdown pages in this folder",
    ),
)
def reference(target: Path, docs: Path | None) -> None:
    """Writes the reference below a folder, and the sections of the documentation."""
    from nhm_graph.publish.markdown import write_sections
    from nhm_graph.publish.reference import read_reference, write_reference

    read = read_reference(_files())
    _written(write_reference(read, target))
    _written(write_sections(read, docs) if docs else [])


@click.command(
    help=say(
        "Schreibt die gebauten Dateien des Baukastens zur Nachnutzung: Regeln je Stufe in einer "
        "Datei und das Vokabular daneben.",
        "Writes the built files of the reuse kit: the rules of a tier in one file, and the "
        "vocabulary beside them.",
    )
)
@target_argument
def kit(target: Path) -> None:
    """Writes the built files of the reuse kit."""
    from nhm_graph.publish.kit import write_kit

    settings = Settings.from_environment(os.environ)
    graph = open_graph(replace(settings, store_dir=None, examples=True))
    _written(write_kit(graph.files, graph, target))


def _files() -> DataFiles:
    return find_data_files(Settings.from_environment(os.environ).data_dir)


def _written(paths: Sequence[Path]) -> None:
    for path in paths:
        click.echo(str(path))
