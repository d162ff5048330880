package rule

// Rules about the data folder and what a command is given beside it.
var programRules = []Rule{
	{"keyMissing", "The key that signs is not at {path}.", "Put the network's key there, as “commonweal init” made it; without it the books can only be read."},
	{"notAKey", "{path} is not a key that signs: {reason}.", "Put the network's key there, as “commonweal init” made it: an Ed25519 key in PEM."},
	{"notACheckpoint", "This is not a checkpoint: {reason}.", "Give a file that “commonweal verify --save” wrote."},
	{"otherNetwork", "The file has the base {base}, but these are the books of {network}.", "Import it into the books of its own network, or change its @base."},
}
