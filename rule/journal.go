package rule

// Rules about acts, entries and keys, whatever the acts mean.
var journalRules = []Rule{
	{"unknownAct", "There is no kind of act “{kind}”.", "Acts are: {known}."},
	{"incompleteAct", "The act “{kind}” needs {what}.", "Say it and send the act again."},
	{"keyTooLong", "The idempotency key has {length} bytes; at most {most} are kept.", "Send a short key that is new for each act, such as a UUID."},
	{"brokenText", "The act “{kind}” has a text that is not UTF-8.", "Send all texts in UTF-8."},
	{"notARecord", "{record} is not a record that the journal can keep: {reason}.", "A record is one JSON object with @id and @type; quantities are written as text, other numbers are whole and at most 9007199254740991."},
	{"actTooLarge", "The act would take {size} bytes in the journal; an entry holds at most {most}.", "Split it into several acts of one batch."},
	{"badNetworkId", "“{value}” cannot be the id of a network.", "Use an address such as https://example.org/network/: at most 200 bytes, no spaces, quotes or plus signs."},
	{"notAPublicKey", "“{value}” is not a public key.", "Write ed25519: and the 32 bytes of the key in base64."},
	{"genesisFirst", "A “{kind}” cannot be entry {sequence} of a journal.", "A journal begins with one genesis, and has no other."},
	{"keyNotInUse", "The key {key} does not sign now; the key in use is {inUse}.", "Sign with the key in use; another takes its place by rotateKey."},
	{"keyUsedBefore", "The key {key} was used in this journal before.", "Make a new key to rotate to."},
	{"unknownKey", "The key {key} was never used in this journal.", "The journal's keys are shown by “commonweal verify”."},
	{"badProof", "The author's signature does not hold: {reason}.", "Declare the key first as a DeviceKey of the author; prepare the act anew, sign what comes back, and send it with the signature."},
	{"keyInUse", "The key {key} is in use; without it nobody could sign the next entry.", "Rotate to another key first, then revoke this one."},
}

// Rules about the place where the books are kept.
var storeRules = []Rule{
	{"storeMissing", "There are no books at {path}.", "Begin them with “commonweal init”, or give the folder where they are."},
	{"storeExists", "{path} is there already and is not overwritten.", "Give a path where nothing is, or move that file away first."},
	{"notAStore", "{path} is not a store of books: {reason}.", "Give the folder that “commonweal init” made, or a file that “commonweal backup” made."},
	{"storeNewer", "The books at {path} were written by a newer version (layout {found}; this program knows {known}).", "Install the newer version of commonweal; this one would damage them. Nothing was changed."},
	{"storeLocked", "The books at {path} are being written by another process, and still were after a wait of {waited}.", "Wait until the other commonweal has ended, or stop it; then try again. A server that runs there takes files of a network by POST at /NAME/network. Reading needs no wait."},
	{"badDatabase", "The address of the database cannot be used: {reason}.", "Write postgres://USER@HOST:PORT/DATABASE?network=NAME; a password is best kept in a file that PGPASSFILE names. The address is not shown here, since it may hold one."},
	{"wholeDatabase", "The address of the database names the network {network}, but a server serves all networks in its database.", "Leave network={network} out of --store; each network in the database is served at an address with its name."},
	{"storeNotDurable", "The database at {path} may lose what it has acknowledged: {setting}.", "Set fsync and full_page_writes on in its settings; where losing is meant, as in tests, set commonweal.may_lose_data to on there."},
	{"storeDamaged", "The books at {path} are damaged: {reason}.", "Leave the file as it is for a copy, restore the last backup with “commonweal restore”, and send the acts after it again; their keys keep them from happening twice."},
	{"storeStopped", "The books at {path} take no more acts since a write failed: {reason}.", "Mend the cause, such as a full disk, and open them again; acts whose outcome is unknown may then be sent again with the same keys."},
}
