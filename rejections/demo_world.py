"""The part of the made-up world that this app brings."""

MAKES = (
    "rejections.RejectionReason",
    "rejections.Rejection",
    "rejections.Applicant",
    "rejections.Fingerprint",
)
NOT_IN_DEMO_WORLD = {
    "rejections.Delivery": "`deliver_rejections` makes one",
    "rejections.DeliveredRejection": "as the delivery",
}
