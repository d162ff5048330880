package rule

var planRules = []Rule{
	{"planWithoutNow", "A plan needs to know what time it is.", "Give --now, such as --now 2023-05-15."},
	{"needNotPlanned", "There is no need “{need}” in this plan.", "Needs in it: {known}."},
	{"stepNotPlanned", "There is no proposed process or taking “{step}” in this plan.", "commonweal plan --json tells the ids; where the plan changes, they change too."},
	{"unknownZone", "The time zone “{zone}” is not known; it stands in the work time that begins with “{line}”.", "Write the name of a zone as the IANA does, such as TZID=Europe/Berlin, or a time in UTC with Z at its end."},
	{"absurdCalendar", "The work time that begins with “{line}” cannot be worked out: {reason}.", "Say it with fewer and longer times, such as a rule for each day or week, and check that its days exist."},
}
