"""The named questions that an engine does not answer rightly, and in what way.

The traps are described in docs/engines.md. Nothing is skipped silently: a question that is answered
rightly after all fails a test until it leaves the list. The symptom is what was seen; "cause open"
means that it was not narrowed down to one of the traps.
"""

_ROWS = "rows or values are missing; cause open, OPTIONAL beside a path with * is likely"
_WORDS = "right in German, not in English; cause open, ?lang in OPTIONAL is likely"
_SLOW = "?lang in OPTIONAL is not seen; VALUES ?lang again in it mends it, but slows Oxigraph down"
_COUNTED = "wrong counts: paths with * and ? in one group with GROUP BY"
_UNION = "no rows: UNION followed by patterns that use what it binds"
# Not even asked: some of them keep the server busy long after their deadline.
NO_ANSWER = "error 500 of its compiler, or no answer in time"

VIRTUOSO = {
    "adopted-practices": _SLOW,
    "benchmark-cities": _SLOW,
    "budget-of-sdg": _ROWS,
    "contributions-by-field": _SLOW,
    "decisions": _ROWS,
    "drafts": NO_ANSWER,
    "explain-target": NO_ANSWER,
    "fields-of-peers": _ROWS,
    "fields-without-participation": _ROWS,
    "goal-history": _ROWS,
    "goal-predecessors": _ROWS,
    "indicator-status": _ROWS,
    "invalid-comparisons": _ROWS,
    "lead-history": _WORDS,
    "not-assessable": _ROWS,
    "open-tasks-of-unit": _ROWS,
    "orphans": _ROWS,
    "path-of-target": _WORDS,
    "relevant-targets-uncovered": _UNION,
    "resources-planned-actual": _ROWS,
    "responsibilities-of-dissolved-units": _WORDS,
    "responsible-for-indicator": _ROWS,
    "sdg-by-pillar": NO_ANSWER,
    "sdg-coverage": _COUNTED,
    "sdg-gaps": _UNION,
    "sources-of-vision": _ROWS,
    "targets-without-goal": _ROWS,
    "unit-workload": NO_ANSWER,
    "units-of-sdg": _ROWS,
    "version-difference": _ROWS,
}
