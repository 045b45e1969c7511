"""Finds and reads the product's files: ontology/, shapes/, queries/, examples/."""
