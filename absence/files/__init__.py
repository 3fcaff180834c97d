"""The files of a school's study administration: its periods, and the absence in them by day or by lesson."""
