"""Questions made ready: text given by a reader becomes typed terms, or a refusal."""

from collections.abc import Mapping, Sequence
from datetime import date

from nhm_graph.catalog.questions import NamedQuestion, Parameter
from nhm_graph.errors import BadParameter, UnknownName
from nhm_graph.graph.model import Bound
from nhm_graph.graph.registry import Registry
from nhm_graph.language import LANGUAGES, Language, Text, is_language
from nhm_graph.rdf.terms import RDF, RDFS, to_sparql, typed_term
from nhm_graph.store.base import Store
from nhm_graph.store.rows import Value, rows

_WEB = ("http://", "https://")


class Binder:
    """Binds the parameters of named questions."""

    def __init__(self, store: Store, registry: Registry) -> None:
        self._store = store
        self._registry = registry

    def bind(self, question: NamedQuestion, given: Mapping[str, str], language: Language) -> Bound:
        """A question made ready with the values given as text, defaults for the others.

        Raises UnknownName for a question, parameter or value that does not exist, BadParameter
        for a value that does not fit or is missing.
        """
        known = {parameter.name: parameter for parameter in question.parameters}
        for unknown in set(given) - set(known):
            raise UnknownName.among(Text(de="der Parameter", en="the parameter"), unknown, known)
        city = None
        if "city" in known:
            city = self._registry.city(_required(known["city"], given), language)
        graphs = self._registry.graphs_of_city(city) if city and question.scope == "city" else None
        values = {}
        for parameter in question.parameters:
            if parameter.kind == "language" and parameter.name not in given:
                values[parameter.name] = to_sparql(typed_term("language", language))
                continue
            text = _required(parameter, given)
            if text is not None:
                values[parameter.name] = self._term(parameter, text, graphs, language)
        return Bound(question, dict(given), question.bind(values), graphs, city)

    def choices(self, parameter: Parameter, language: Language) -> list[str] | None:
        """The texts that a parameter admits where they are few and known, else None."""
        if parameter.choices:
            return list(parameter.choices)
        if parameter.kind == "language":
            return list(LANGUAGES)
        if parameter.name == "city":
            return [city.slug for city in self._registry.cities(language)]
        return None

    def _term(
        self, parameter: Parameter, text: str, graphs: Sequence[str] | None, language: Language
    ) -> str:
        if parameter.kind == "choice":
            if text not in parameter.choices:
                raise UnknownName.among(parameter.label, text, parameter.choices)
            return to_sparql(typed_term("iri", parameter.choices[text]))
        if parameter.kind == "language" and not is_language(text):
            raise UnknownName.among(parameter.label, text, LANGUAGES)
        if parameter.kind == "date" and text == "today":
            text = date.today().isoformat()
        if parameter.name == "city":
            text = self._registry.city(text, language).iri
        elif parameter.key:
            text = self._by_key(parameter, text, graphs)
        return to_sparql(typed_term(parameter.kind, text, name=parameter.name))

    def _by_key(self, parameter: Parameter, text: str, graphs: Sequence[str] | None) -> str:
        """The IRI of the thing that a key, the end of its address, or its address names."""
        query = (
            f"SELECT DISTINCT ?thing ?key {{ ?thing <{RDF('type').value}>/"
            f"<{RDFS('subClassOf').value}>* <{parameter.cls}> "
            f"OPTIONAL {{ ?thing <{parameter.key}> ?key }} }}"
        )
        things: dict[str, str] = {}
        for iri, key in self._read(query, graphs):
            if text.startswith(_WEB):
                things[str(iri)] = str(iri)
                continue
            things.setdefault(str(iri).rpartition("/")[2], str(iri))
            if key is not None:
                things[str(key)] = str(iri)
        if text not in things:
            raise UnknownName.among(parameter.label, text, things)
        return things[text]

    def _read(self, query: str, graphs: Sequence[str] | None) -> list[tuple[Value, ...]]:
        """The rows, read whole: a refusal must not carry the result out of this thread."""
        if graphs is None:
            return list(rows(self._store.query(query)))
        return list(rows(self._store.query_view(query, graphs)))


def _required(parameter: Parameter, given: Mapping[str, str]) -> str | None:
    text = given.get(parameter.name, parameter.default)
    if text is None and parameter.required:
        example = f" {parameter.name}={parameter.example}" if parameter.example else ""
        raise BadParameter(
            Text(
                de=f"Der Parameter {parameter.name} ({parameter.label.de}) fehlt.",
                en=f"The parameter {parameter.name} ({parameter.label.en}) is missing.",
            ),
            mend=Text(de=f"Angeben, zum Beispiel{example}.", en=f"Give it, for instance{example}.")
            if example
            else Text(de="Bitte angeben.", en="Please give it."),
            extra={"name": parameter.name},
        )
    return text
