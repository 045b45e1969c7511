"""What is handed out: the reference of ontology, rules and questions."""
