"""Names are found with and without their marks. Django makes a generated column anew when it is made of something else."""

from django.db import migrations, models

from laereplads.database.text import DanishSearchKeys


def names() -> models.GeneratedField:
    return models.GeneratedField(expression=DanishSearchKeys("name"), output_field=models.TextField(), db_persist=True)


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0008_students_live_in_known_municipalities"),
        ("database", "0004_names_of_all_alphabets"),
    ]
    operations = [
        migrations.RemoveField("school", "search_key"),
        migrations.AddField("school", "search_key", names()),
        migrations.RemoveField("company", "search_key"),
        migrations.AddField("company", "search_key", names()),
        migrations.RemoveField("workplace", "search_key"),
        migrations.AddField("workplace", "search_key", names()),
        migrations.RemoveField("student", "search_key"),
        migrations.AddField("student", "search_key", names()),
    ]
