"""Pages of what the project defines: the ontology with each term, the rules, the lists."""

from typing import Any

from fastapi import Request

from nhm_graph.catalog.rules import Rule
from nhm_graph.language import Text
from nhm_graph.publish.addresses import HOUSE
from nhm_graph.publish.definitions import Definitions
from nhm_graph.publish.reference import short_name
from nhm_graph.web.pages.rendering import page
from nhm_graph.web.pages.resource import localized
from nhm_graph.web.reader import language_of
from nhm_graph.web.representations import GRAPHS


def ontology_page(request: Request, known: Definitions) -> bytes:
    """The ontology: each part with its terms, each term at its own anchor."""
    reference = known.reference
    by_iri = reference.by_iri
    return _page(
        request,
        known,
        "resource_ontology.html",
        modules=reference.modules(),
        used=reference.used,
        terms=by_iri,
        short=lambda iri: by_iri[iri].name if iri in by_iri else short_name(iri),
        document="/ns",
        formats=GRAPHS,
    )


def rules_page(request: Request, known: Definitions) -> bytes:
    """All rules in one table."""
    rules = known.reference.rules
    return _page(
        request, known, "resource_rules.html", rules=rules, document="/shapes", formats=GRAPHS
    )


def rule_page(request: Request, known: Definitions, rule: Rule, address: str) -> bytes:
    """One rule."""
    using = [name for name, used in known.reference.used.items() if rule.id in used.rules]
    return _page(
        request,
        known,
        "resource_rule.html",
        rule=rule,
        examples=known.examples(rule),
        tier=_tier(known, rule).in_(language_of(request)),
        using=sorted(using),
        terms={term.name: term for term in known.reference.terms},
        document=address,
        formats=GRAPHS,
    )


def _tier(known: Definitions, rule: Rule) -> Text:
    """What the list of tiers calls the one of a rule."""
    place = f"{HOUSE}voc/rule-tier/{rule.tier}"
    entries = (entry for each in known.reference.lists for entry in each.entries)
    return next((each.label for each in entries if each.iri == place), Text(rule.tier, rule.tier))


def lists_page(request: Request, known: Definitions) -> bytes:
    """All lists in one table."""
    lists = known.reference.lists
    return _page(
        request, known, "resource_lists.html", lists=lists, document="/voc", formats=GRAPHS
    )


def _page(request: Request, known: Definitions, template: str, **values: Any) -> bytes:
    language = language_of(request)
    response = page(
        request,
        template,
        defined=known.version,
        localized=lambda path: localized(path, language),
        **values,
    )
    return bytes(response.body)
