package rule

// Rules about the data folder and what a command is given beside it.
var programRules = []Rule{
	{"keyMissing", "The key that signs is not at {path}.", "Put the network's key there, as “commonweal init” made it; without it the books can only be read."},
	{"notAKey", "{path} is not a key that signs: {reason}.", "Put the network's key there, as “commonweal init” made it: an Ed25519 key in PEM."},
	{"notACheckpoint", "This is not a checkpoint: {reason}.", "Give a file that “commonweal verify --save” wrote. A backup is verified by “commonweal restore”."},
	{"otherNetwork", "The file has the base {base}, but these are the books of {network}.", "Import it into the books of its own network, or change its @base."},
	{"badName", "A network cannot be called “{name}” on a server.", "Use 1 to 48 small letters, digits and hyphens, beginning with a letter or digit: it is part of addresses. Names of the server's own addresses, such as account, are taken."},
	{"nameTaken", "There is a network called {name} on this server already: {network}.", "Choose another name."},
	{"badSettings", "The settings in {path} cannot be read: {reason}.", "Write YAML with a line for each setting, such as “listen: localhost:9000”; “commonweal config” lists all settings."},
	{"unknownSetting", "{path} says {name}, which is no setting.", "Did you mean {nearest}? “commonweal config” lists all settings."},
	{"cannotListen", "The server cannot listen on {address}: {reason}.", "Stop the program that listens there, or name another address with --listen."},
	{"noSuchNetwork", "There is no network called {name} on this server.", "The first page of the server lists its networks."},
}
