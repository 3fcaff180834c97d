"""Names are found with and without their marks. Django makes a generated column anew when it is made of something else."""

from django.db import migrations, models

from laereplads.database.text import DanishSearchKeys


def names() -> models.GeneratedField:
    return models.GeneratedField(expression=DanishSearchKeys("name"), output_field=models.TextField(), db_persist=True)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_names_are_whole"), ("database", "0004_names_of_all_alphabets")]
    operations = [
        migrations.RemoveField("user", "search_key"),
        migrations.AddField("user", "search_key", names()),
    ]
