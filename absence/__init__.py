"""School periods and absence: what schools report, and what companies are told of it."""
