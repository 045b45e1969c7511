"""nhm-graph export."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from nhm_graph.cli.asking import open_or_examples
from nhm_graph.cli.speaking import progress, say, store_option, target_argument
from nhm_graph.errors import BadParameter
from nhm_graph.graph import Graph
from nhm_graph.language import Text


@click.command(
    help=say(
        "Schreibt die Daten als Ordner für einen beliebigen Webserver: Abzüge in allen Formaten, "
        "Prüfsummen, Katalog (DCAT-AP.de) und VoID. Ohne --store die Beispielstädte. "
        "Was gleich geblieben ist, wird nicht angefasst.",
        "Writes the data as a folder for any web server: dumps in all formats, checksums, "
        "catalogue (DCAT-AP.de) and VoID. Without --store the example cities. "
        "What is the same as before is not touched.",
    )
)
@target_argument
@store_option
@click.option(
    "--public-url",
    metavar="URL",
    help=say(
        "Adresse, unter der der Ordner veröffentlicht wird; sonst NHM_PUBLIC_URL",
        "address under which the folder is published; else NHM_PUBLIC_URL",
    ),
)
@click.option(
    "--city",
    "cities",
    multiple=True,
    metavar="NAME",
    help=say(
        "nur diese Kommune; mehrfach möglich", "only this municipality; may be given several times"
    ),
)
@click.option(
    "--fictional",
    type=click.Choice(["include", "exclude"]),
    help=say(
        "ob erfundene Städte dabei sind; sonst NHM_PUBLISH_FICTIONAL. Eine genannte ist dabei",
        "whether fictional cities are included; else NHM_PUBLISH_FICTIONAL. A named one is",
    ),
)
def export(
    target: Path,
    store_dir: Path | None,
    public_url: str | None,
    cities: Sequence[str],
    fictional: str | None,
) -> None:
    """Writes dumps, checksums, catalogue and VoID into a folder."""
    from nhm_graph.publish.catalog import Site
    from nhm_graph.publish.export import export as write
    from nhm_graph.publish.export import only_cities

    opened = open_or_examples(store_dir)
    try:
        settings = replace(opened.settings, public_url=public_url or opened.settings.public_url)
        if settings.public_url is None:
            raise _no_address()
        graph = Graph(opened.store, opened.files, settings)
        included = fictional == "include" or (fictional is None and settings.publish_fictional)
        if cities:
            graph, named = only_cities(graph, cities)
            included = included or named
        done = write(graph, target, Site.of(settings), fictional=included, progress=progress())
    finally:
        opened.close()
    new, same, gone = len(done.changed), len(done.unchanged), len(done.removed)
    click.echo(
        say(
            f"{target}: {new} Dateien neu oder geändert, {same} gleich, {gone} entfernt",
            f"{target}: {new} files new or changed, {same} the same, {gone} removed",
        )
    )


def _no_address() -> BadParameter:
    return BadParameter(
        Text(
            de="Der Katalog muss sagen, unter welcher Adresse die Dateien stehen.",
            en="The catalogue has to say at which address the files are.",
        ),
        mend=Text(
            de="--public-url https://… angeben oder NHM_PUBLIC_URL setzen.",
            en="Give --public-url https://…, or set NHM_PUBLIC_URL.",
        ),
    )
