"""How rejections and their reasons are recorded: that there is one, and nothing of what it says."""

from laereplads.audit.models import Action
from laereplads.audit.triggers import AuditedTable

AUDITED_TABLES = [
    AuditedTable("rejections.rejection", added=Action.REJECTION_REGISTERED),
    AuditedTable(
        "rejections.rejectionreason",
        told=("valid_from", "valid_until", "is_catch_all"),
    ),
]
