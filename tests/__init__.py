"""Everything the portal promises, as sentences that a machine checks."""
