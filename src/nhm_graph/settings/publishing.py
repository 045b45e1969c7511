"""Settings of what is published: addresses, publisher, catalogue, dumps."""

from dataclasses import dataclass

from nhm_graph.language import Text
from nhm_graph.settings.kinds import address, number, switch, text


@dataclass(frozen=True)
class PublishingSettings:
    """What a city says about itself as a publisher; see Settings."""

    base_iris: str = text(
        "https://w3id.org/nhm/examples/",
        "NHM_BASE_IRIS",
        de="Anfänge der öffentlichen Adressen (IRIs), für die der Dienst Seiten hat, mit "
        "Leerzeichen dazwischen: ANFANG + id/… steht unter /id/…",
        en="beginnings of the public IRIs that the service has pages for, with spaces "
        "between: BEGINNING + id/… stands at /id/…",
    )
    max_links: int = number(
        2_000,
        "NHM_MAX_LINKS",
        1,
        100_000,
        Text(de="Verweise", en="links"),
        de="wie viele Verweise auf eine Sache ihre Seite höchstens aufnimmt",
        en="how many links to a thing its page takes in at most",
    )
    public_url: str | None = address(
        None,
        "NHM_PUBLIC_URL",
        de="Adresse, unter der die Öffentlichkeit den Dienst erreicht; ohne Angabe die, "
        "unter der er gefragt wird",
        en="address under which the public reaches the service; if not given the one "
        "under which it is asked",
    )
    publisher_iri: str = address(
        "https://w3id.org/nhm",
        "NHM_PUBLISHER_IRI",
        de="IRI des Herausgebers im Katalog",
        en="IRI of the publisher in the catalogue",
    )
    publisher_name: str = text(
        "Projekt nhm_graph",
        "NHM_PUBLISHER_NAME",
        de="Name des Herausgebers im Katalog",
        en="name of the publisher there",
    )
    publisher_homepage: str = address(
        "https://w3id.org/nhm",
        "NHM_PUBLISHER_HOMEPAGE",
        de="Internetseite des Herausgebers",
        en="website of the publisher",
    )
    contact_name: str = text(
        "Projekt nhm_graph",
        "NHM_CONTACT_NAME",
        de="Stelle, die Fragen zu den Daten beantwortet (eine Funktion, keine Person)",
        en="office that answers questions about the data (a function, no person)",
    )
    contact_url: str | None = address(
        None,
        "NHM_CONTACT_URL",
        de="Kontaktseite dieser Stelle; ohne Angabe die Internetseite des Herausgebers",
        en="contact page of this office; if not given the website of the publisher",
    )
    contributor_id: str | None = address(
        None,
        "NHM_CONTRIBUTOR_ID",
        de="Kennung des Datenbereitstellers bei GovData, siehe catalogue.md",
        en="identifier of the data provider at GovData, see catalogue.md",
    )
    catalogue_licence: str = address(
        "http://dcat-ap.de/def/licenses/cc-zero",
        "NHM_CATALOGUE_LICENCE",
        de="Lizenz der Katalogangaben; die der Daten steht in den Daten",
        en="licence of the entries of the catalogue; that of the data stands in the data",
    )
    publish_fictional: bool = switch(
        False,
        "NHM_PUBLISH_FICTIONAL",
        de="ob erfundene Städte in Katalog, VoID und Sitemap stehen",
        en="whether fictional cities stand in catalogue, VoID and sitemap",
    )
    max_sorted_triples: int = number(
        500_000,
        "NHM_MAX_SORTED_TRIPLES",
        1,
        100_000_000,
        Text(de="Tripel", en="triples"),
        de="wie viele Tripel ein Abzug im Arbeitsspeicher sortiert, je 300 Byte; "
        "was darüber ist, in Dateien",
        en="how many triples a dump sorts in memory, 300 bytes each; more go through files",
    )
