"""Whether data keeps the rules of shapes/: validation and reports in the reader's language."""
