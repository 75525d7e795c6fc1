"""Ready references: CSL-JSON, BibTeX, RIS, and formatted in the styles that readers use."""
