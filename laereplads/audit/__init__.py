"""Who did what: an append-only record. Features add to it; nothing in the portal changes or deletes from it."""
