"""An answer as plain JSON, the same for the service and the terminal."""

from decimal import Decimal
from typing import Any

from nhm_graph.graph import Answer
from nhm_graph.language import Language


def answer_record(answer: Answer, language: Language) -> dict[str, Any]:
    """An answer as plain JSON: columns with labels, rows as objects, notes to read beside it."""
    names = [column.name for column in answer.columns]
    question, city = answer.bound.question, answer.bound.city
    return {
        "question": question.name,
        "title": question.summary.in_(language),
        "city": {"iri": city.iri, "name": city.name, "fictional": city.fictional} if city else None,
        "parameters": dict(answer.bound.given),
        "notes": answer.notes,
        "columns": [
            {"name": each.name, "label": each.label.in_(language), "type": each.kind}
            | ({"of": each.of} if each.of else {})
            for each in answer.columns
        ],
        "rows": [dict(zip(names, row, strict=True)) for row in answer.rows],
    }


def json_number(value: object) -> float:
    """A decimal as JSON knows it; for `json.dumps(default=…)`.

    >>> json_number(Decimal("1.5"))
    1.5
    """
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"no JSON for {type(value).__name__}")
