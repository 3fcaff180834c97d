"""Who did what: an append-only log. Features add to it; nothing in the portal changes or deletes from it."""
