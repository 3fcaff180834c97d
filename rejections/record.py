"""How rejections and their reasons are recorded: that there is one, and nothing of what it says."""

from laereplads.audit.models import Action
from laereplads.audit.recording import Recorded

RECORDED = [
    Recorded("rejections.rejection", added=Action.REJECTION_REGISTERED),
    Recorded(
        "rejections.rejectionreason",
        told=("valid_from", "valid_until", "is_catch_all"),
    ),
]
