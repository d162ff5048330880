package rule

// Rules about erasing what is known about persons.
var eraseRules = []Rule{
	{"nothingPersonal", "Nothing personal is kept of {id}, of class {class}: there is nothing to erase.",
		"Erase a Person: what is known about them, and their notes, go; or another record that has a note."},
}
