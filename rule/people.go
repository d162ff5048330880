package rule

// Rules about who may come in. What they say tells a stranger nothing of who has
// an account.
var peopleRules = []Rule{
	{"signInFailed", "The sign-in name or the password is wrong.", "Try again, come in by a passkey, or recover the account with a printed code."},
	{"wrongPassword", "The password is wrong.", "Say the password that you sign in with now."},
	{"tooManyAttempts", "There were too many attempts that failed.", "Try again in {seconds} seconds. A passkey, a printed code, and a browser that you signed in from before need not wait."},
	{"signedOut", "Nobody is signed in here, or no longer.", "Sign in, then try again."},
	{"confirmFirst", "You came in more than {minutes} minutes ago, and this asks for more certainty.", "Confirm that it is you, with your password or a passkey, then try again."},
	{"weakPassword", "The password is not taken: {reason}.", "Choose 12 to 128 characters that nobody would guess; four or five words that do not belong together are good, and no digits or signs are asked for."},
	{"badPasswordList", "{path} is no list of breached passwords: {reason}.", "Name the file that Pwned Passwords gives, by SHA-1 and ordered by hash, unpacked; or leave --breached-passwords out."},
	{"noPasskeysHere", "The server has no address with a name, so it takes no passkeys, and would take nothing else.", "Say the name by which people reach it, such as --url https://plan.example.org/, or leave --passkeys-only out."},
	{"passkeysOnly", "This server takes no passwords.", "Use a passkey, which your phone, computer or security key makes for you."},
	{"passkeyFailed", "The passkey was not accepted.", "Begin again; if it fails again, use another passkey or another way in."},
	{"lastWayIn", "This is the last way into your account.", "Add a passkey or set a password first."},
	{"badSignInName", "This cannot be a sign-in name: {reason}.", "Choose 2 to 64 letters, digits, dots or hyphens without spaces, the letters all of one script."},
	{"nameInUse", "Somebody has the sign-in name “{name}” already.", "Choose another one."},
	{"badMail", "This is not a mail address.", "Write it like ada@example.org, or leave it empty."},
	{"linkSpent", "This link does not open anything: it was used, was taken back, is over, or never was.", "Ask whoever sent it for a new one."},
	{"recoveryFailed", "The sign-in name and the code do not belong together, or the code was used.", "Try another of your codes, or ask an owner of your network for a link."},
	{"alreadySeated", "You are in the network {network} already.", "Go there; an invitation is needed once only."},
	{"seatTaken", "In {network}, {agent} is another account's.", "Ask for an invitation as somebody else, or as nobody yet."},
	{"notSeated", "You have no seat in the network {network}.", "Name a network that you are in."},
	{"badToken", "The token is unknown, was revoked, or is over.", "Make a new one on your account page, and send it as “Authorization: Bearer cw_…”, with nothing behind it."},
	{"readOnlyToken", "The token may read and not act.", "Make one that may act, on your account page."},
	{"budgetSpent", "{spent} of the {budget} acts that the token has today are made; {acts} more would be too many.", "Wait until the day ends, by UTC, or make a token with a larger budget."},
	{"personOnly", "A token opens nothing of an account.", "Sign in as a person to see or change it."},
	{"crossOrigin", "The request comes from a page of another site.", "Open the page here, and try again. A program sends a token instead of a cookie."},
	{"badForm", "The field {field} is missing or cannot be used.", "It takes {wanted}."},
	{"noSuchItem", "There is no such {what}.", "Look at the list again; it may have ended meanwhile."},
	{"tooManyItems", "There are {most} {what} already.", "Remove one first."},
	{"peopleNewer", "The accounts were written by a newer version of the program: their layout is {found}, this one knows {known}.", "Use the newer version."},
}
