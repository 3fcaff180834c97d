"""What a student's own file tells of files that come in: nothing."""

NOT_IN_OWN_FILE = {"imports.Upload": "a file on its way in; gone within hours"}
