"""Files of companies, workplaces and schools. Who delivers them reads docs/organisations-files.md."""
