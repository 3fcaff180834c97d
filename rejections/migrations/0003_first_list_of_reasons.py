"""The first list of reasons: flat, and no code names health, origin, religion, union or criminal record."""

from django.db import migrations

INSERT = """
insert into rejections_rejectionreason ("order", code, label, help_text, valid_from, valid_until, is_catch_all) values
    (10, 'ingen_pladser', 'Ingen ledige lærepladser', 'Alle pladser var besat, da I behandlede ansøgningen.', '2021-04-15', null, false),
    (20, 'bopael', 'Ansøger hører til en anden kommune', 'Ansøgeren skal søge hos en anden arbejdsgiver på grund af sin bopæl.', '2021-04-15', null, false),
    (30, 'adgangskrav', 'Opfylder ikke adgangs- eller overgangskrav', 'Ansøgeren mangler fx et grundforløb eller et fag på det rette niveau.', '2021-04-15', null, false),
    (40, 'mangelfuld', 'Mangelfuld ansøgning eller dokumentation', 'Ansøgningen kunne ikke vurderes, fx fordi et bevis manglede.', '2021-04-15', null, false),
    (50, 'dansk', 'Danskkundskaber', 'Ansøgerens dansk, i tale eller skrift, er ikke nok til arbejdet endnu.', '2021-04-15', null, false),
    (60, 'faglige', 'Faglige forudsætninger', 'Andre ansøgere havde bedre faglige forudsætninger.', '2021-04-15', null, false),
    (70, 'personlige', 'Personlige og sociale kompetencer i forhold til faget', 'Fx samarbejde, ansvar og omgang med borgere.', '2021-04-15', null, false),
    (80, 'motivation', 'Motivation og kendskab til faget', 'Ansøgeren kunne ikke fortælle, hvorfor det skulle være dette fag.', '2021-04-15', null, false),
    (90, 'fremmoede', 'Fremmøde i tidligere forløb', 'For lavt fremmøde i skole eller oplæring.', '2021-04-15', null, false),
    (100, 'tidligere_forloeb', 'Tidligere afbrudt aftale hos arbejdsgiveren', 'I har før haft en aftale med ansøgeren, som blev afbrudt.', '2021-04-15', null, false),
    (110, 'samtale', 'Mødte ikke til samtale eller kunne ikke kontaktes', 'Ansøgeren svarede ikke eller kom ikke til den aftalte samtale.', '2021-04-15', null, false),
    (120, 'arbejdstid', 'Arbejdstid eller vagter', 'Ansøgeren kan ikke arbejde på de tider, stillingen kræver.', '2021-04-15', null, false),
    (130, 'formelle', 'Øvrige formelle ansættelseskrav', 'Fx kørekort eller en bestemt alder.', '2021-04-15', null, false),
    (900, 'andet', 'Andet', 'Kun når ingen af de andre begrundelser passer.', '2021-04-15', null, true)
on conflict (code) do nothing;
"""

# Reasons that rejections may refer to are never deleted; the tables go with the first migration.
KEEP = migrations.RunSQL.noop


class Migration(migrations.Migration):
    dependencies = [("rejections", "0001_initial")]
    operations = [migrations.RunSQL(INSERT, KEEP)]
