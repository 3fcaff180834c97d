"""The part of the made-up world that this app brings."""

MAKES = ("risk.RiskAssessment",)
