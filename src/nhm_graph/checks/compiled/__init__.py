"""SHACL shapes compiled to SPARQL: one SELECT for each constraint, the report made of its answers.

Read it in this order: `model` (what the shapes say), `paths`, `targets`, `conditions` and
`constraints` (what is asked for), `compiling` (all checks, and what is handed to pySHACL), `run`,
`report`. The contract, construct by construct, is the table in `contract`.
"""
