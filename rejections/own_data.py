"""What a student's own file tells of rejections: nothing."""

NOT_IN_OWN_FILE = {
    "rejections.Rejection": "what an employee of a company registered, without anybody's name",
    "rejections.Applicant": "sealed, apart from students by law, and nobody can tell who it is",
    "rejections.Fingerprint": "as the applicant",
    "rejections.DeliveredRejection": "as the rejection",
}
