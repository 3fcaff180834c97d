"""What every page stands on: the typed request, page or part, errors, health, paging, filters, navigation."""
