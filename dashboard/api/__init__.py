"""The record for programs: tables with filters, SQL, search, all under /api/v1/."""
