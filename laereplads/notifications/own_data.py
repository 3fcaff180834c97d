"""What a student's own file tells of mails: nothing."""

NOT_IN_OWN_FILE = {
    "notifications.OutgoingMail": "the student has the mail itself, and it says nothing about them; gone within months",
}
