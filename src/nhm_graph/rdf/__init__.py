"""RDF as text and as terms: formats, reading files, lines of subjects, typed values."""
