"""Whom the machine of these tests serves: run by itself, as the owner of an empty database."""

import os

import django

PASSWORD = "elleve små grise"
MENTOR, EMPLOYEE = "mentor@test.example", "virksomhed@test.example"
STUDENTS = int(os.environ.get("STUDENTS", "120"))
# Names of all lengths, as they are.
FIRST = ["Åse", "Mohammed", "Anne-Sofie", "Ib", "Frederikke", "Yusuf", "Jonathan"]
LAST = ["Nørgaard-Lund", "Bæk", "Østergaard Kristoffersen", "Ali", "Hassan"]


def make() -> None:
    from risk.operations import record_assessment
    from tests.factories import AgreementFactory, CompanyFactory, MembershipFactory, StudentFactory, UserFactory

    mentor = MembershipFactory(
        school_staff=True, user=UserFactory(name="Mette Mentor", email=MENTOR, password=PASSWORD)
    )
    company = CompanyFactory(name="Prøve Kommune")
    employee = MembershipFactory(
        company_staff=True,
        company=company,
        user=UserFactory(name="Vips Medarbejder", email=EMPLOYEE, password=PASSWORD),
    )
    for number in range(STUDENTS):
        name = f"{FIRST[number % len(FIRST)]} {LAST[number % len(LAST)]} {number}"
        student = StudentFactory(name=name, school=mentor.school)
        agreement = AgreementFactory(student=student, company=company)
        if number % 4:
            record_assessment(agreement, ["", "high", "medium", "low"][number % 4], by=employee)


if __name__ == "__main__":
    django.setup()
    make()
