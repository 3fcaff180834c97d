"""Texts that somebody may write as they like, and who writes what."""

FREE_TEXT = {
    "rejections.RejectionReason.label": "administrators, about no person",
    "rejections.RejectionReason.help_text": "administrators, about no person",
}
