"""Numbers of the made-up companies, schools and students that several apps' parts of the demo speak of."""

FJORDBY, RAVNEKAER, BAKKEDAL, LINDEGAARDEN = "99000007", "99200006", "99100001", "99300000"
# A workplace of the first, by its P-number.
SOLGAARDEN = "1000000001"
SOSU_FJORDBY, SOSU_BAKKEDAL = "280001", "280002"
# The schools' own, as legal units.
CVR_OF_SOSU_FJORDBY, CVR_OF_SOSU_BAKKEDAL = "99600004", "99600012"
P_NUMBER_OF_SOSU_FJORDBY, P_NUMBER_OF_SOSU_BAKKEDAL = "1000000071", "1000000072"
# The numbers of the students one can be, all of SOSU Fjordby.
ASSESSED_STUDENT, UNASSESSED_STUDENT, GF1_STUDENT = "F10001", "F10002", "F10003"
