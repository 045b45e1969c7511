# Gives each municipality whose key (AGS) is known the territorial status that 0.2.0 compares by; data in named graphs.
# The key ends in 000 exactly where the municipality belongs to no district. A status that is there is kept; running it
# twice changes nothing more. Licence: CC BY 4.0.

PREFIX nhm:    <https://w3id.org/nhm/ns#>
PREFIX status: <https://w3id.org/nhm/voc/territorial-status/>

INSERT { GRAPH ?graph { ?city nhm:territorialStatus ?status } }
WHERE {
    GRAPH ?graph { ?city a nhm:Municipality ; nhm:ags ?ags }
    FILTER NOT EXISTS { GRAPH ?anywhere { ?city nhm:territorialStatus ?known } }
    FILTER REGEX(?ags, "^[0-9]{8}$")
    BIND (IF(STRENDS(?ags, "000"), status:urban-district, status:within-district) AS ?status)
}
