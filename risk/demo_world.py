"""The part of the made-up world that this app brings."""

MAKES = ("risk.RiskAssessment", "risk.LocalAgreement", "risk.AssessmentPause")
NOT_IN_DEMO_WORLD = {
    "risk.SentReminder": "the job makes one when it reminds somebody",
    "risk.NotedAssessment": "the job makes one when a student asks for mails",
}
