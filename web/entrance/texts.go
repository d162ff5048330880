package entrance

import "fmt"

// text returns a text of the pages by its key, filled in; a key that is not there
// is a mistake that a test finds.
func text(key string, with ...any) string {
	s, ok := texts[key]
	if !ok {
		panic("there is no text " + key)
	}
	if len(with) == 0 {
		return s
	}
	return fmt.Sprintf(s, with...)
}

// texts are all that the pages say, but for what rules say, in English. A catalogue
// of another language has the same keys.
var texts = map[string]string{ //nolint:gosec // texts about passwords, none of them one
	"brand": "Commonweal", "skip": "Skip to the content", "signedInAs": "Signed in as %s", "account": "Account", "signOut": "Sign out",
	"name": "Sign-in name", "password": "Password", "newPassword": "New password", "passwordHint": "12 to 128 characters that nobody would guess, such as four words that do not belong together",
	"mail": "Mail address (may be left empty)", "or": "or", "save": "Save", "remove": "Remove", "failed": "Something went wrong here, and nothing half done was kept. Please try again.",
	"never": "never", "cancel": "Back",

	"signin.title": "Sign in", "signin.passkey": "Sign in with a passkey", "signin.submit": "Sign in", "signin.recover": "I cannot get in any more",

	"signup.title": "You are invited", "signup.to": "To the network %s", "signup.role": "As %s", "signup.until": "The invitation is open until %s.", "signup.submit": "Accept with a password",
	"signup.passkey": "Accept with a passkey", "signup.accept": "Accept as %s", "signup.nameHint": "2 to 64 letters, digits, dots or hyphens",

	"recover.title": "Get in again", "recover.code": "Printed code", "recover.codeHint": "Groups of four letters and digits; each code counts once",
	"recover.submit": "Get in with the new password", "recover.passkey": "Get in with a new passkey", "recover.owner": "No code is left? An owner of your network can make a link for you.",
	"link.title": "Get in again", "link.for": "This link is for %s. Every other way into the account ends when you use it.",

	"confirm.title": "Is it you?", "confirm.why": "What you want to do asks for certainty.", "confirm.submit": "Confirm with the password", "confirm.passkey": "Confirm with a passkey",

	"account.title": "Your account", "account.confirmed": "Some things here ask you to confirm first that it is you.", "account.confirm": "Confirm now",
	"account.networks": "Networks", "account.as": "as %s", "account.concerns": "What concerns me", "account.me": "Me, and how I sign", "account.ask": "Ask in GraphQL", "account.waiting": "being entered", "account.none": "None yet.",
	"account.current": "Password of now", "account.setPassword": "Set the password", "account.passwordEnds": "Everywhere else you are signed out then.", "account.removePassword": "Remove the password",
	"account.passkeys": "Passkeys", "account.advised": "You may let others in, so use a passkey: it is two factors in one, and nobody can talk you out of it.",
	"account.addPasskey": "Add a passkey", "account.added": "added %s", "account.used": "last used %s",
	"account.codes": "Printed codes", "account.codesLeft": "Unused codes: %d.", "account.makeCodes": "Make ten new codes", "account.codesEnd": "The codes of before end then.",
	"account.sessions": "Where you are signed in", "account.here": "here", "account.seen": "last seen %s", "account.end": "Sign out there", "account.endOthers": "Sign out everywhere else",
	"account.tokens": "Tokens of programs", "account.tokenSpent": "%d of %d acts today", "account.tokenReads": "reads only", "account.tokenUntil": "until %s", "account.revoke": "Revoke",
	"account.makeToken": "Make a token", "account.label": "What it is for", "account.network": "Network", "account.days": "Days that it holds", "account.budget": "Acts a day, at most",
	"account.verbs": "It may", "account.verbsHint": "By these words of the charter, and never more than you may yourself. A calendar wants one that only reads.", "account.scopes": "Only in this scope (may be left empty)", "account.readOnly": "It only reads",
	"account.settings": "What you want to be told of", "kind.need": "What we need", "kind.needWhat": "A need of yours, or of a group that you act for, will now get something else, or at another time.",
	"kind.work": "Work", "kind.workWhat": "A step that you do, or give something to, has moved, changed its size, come or gone. Of other steps before a need of yours, one line a change.",
	"account.log": "What happened to your account", "account.when": "When", "account.what": "What", "account.from": "From",
	"account.erase": "Erase the account", "account.eraseWhat": "All that this server knows of you is deleted, at once and for good: name, mail, ways in, tokens, notifications, log. In your networks:", "account.eraseName": "Write your sign-in name to erase it",
	"account.contact": "Mail",

	"owner.invite": "Invite somebody to %s", "owner.role": "Role", "owner.scope": "In which group", "owner.everywhere": "the whole network", "owner.agent": "Agent that they are, if it is there already (may be left empty)",
	"owner.days": "Days that the invitation is open", "owner.help": "Help a member of %s in again", "owner.member": "Agent", "owner.link": "Make a link", "owner.end": "Sign the member out everywhere",

	"begin.title": "Begin a network", "begin.link": "Begin another network", "begin.what": "A network has its own books, members and charter, strictly apart from the others here. You become its first owner, and invite the others.",
	"begin.name": "What it is called in its address", "begin.hint": "Small letters, digits and hyphens. The address of the network, %s, stays for good: it is in the id of all that is entered.",
	"begin.submit": "Begin the network", "begin.who": "whoever runs this server",

	"erase.forgets": "your name, your profile and your notes are erased. What you did stays in the books under %s, so that they stay true.",
	"erase.keeps":   "what it has of you stays. %s Ask its owners first if you want it erased.", "erase.nobody": "This server erases nothing there.",
	"erase.alone":  "Nobody else who signs in here may change its charter: make somebody else an owner first, else only whoever runs the server can.",
	"erased.title": "Your account is erased", "erased.what": "This server knows nothing of you any more.", "erased.erased": "has erased your name, profile and notes", "erased.later": "takes no acts just now; it erases your name, profile and notes as soon as it does",
	"erased.kept": "keeps what it had of you",

	"invitations.title": "Invitations", "invitations.link": "Invitations that were made", "invitations.none": "There is none that you could look after.",
	"invitations.what": "Who has the link of an open invitation can come in with it. Take back what should not be used any more; then the link opens nothing.",
	"invitations.as":   "as %s", "invitations.in": "in %s", "invitations.agent": "to be %s", "invitations.by": "by %s", "invitations.server": "the server itself", "invitations.gone": "somebody who is no longer here",
	"invitations.open": "Open until %s", "invitations.used": "Used by %s on %s", "invitations.over": "Not used, over since %s", "invitations.withdraw": "Take back",
	"invitations.roleNone": "no role", "invitations.made": "made %s",

	"once.title": "Shown once", "once.codes": "Print these codes or write them down, and keep them where nobody else comes. Each lets you in once.",
	"once.token": "Copy the token to its program now. It is sent as “Authorization: Bearer” and the token.", "once.invitation": "Send this link to who is invited; it lets one person in, once.",
	"once.recovery": "Give this link to the person themselves; it holds for a day, once. They will see that you made it.", "once.back": "Back to your account",

	"refused.title": "That was refused", "failed.title": "Something went wrong", "device.on": "%s on %s", "device.unknown": "an unknown program",
	"wanted.days": "a number of days from 1 to 366", "wanted.budget": "a number of acts a day", "wanted.someVerb": "at least one of the words there, or the mark at “It only reads”", "wanted.verbs": "verbs from the list", "wanted.ownName": "your own sign-in name",
	"wanted.invitationDays": "a number of days from 1 to 90",

	"event.signedIn": "Signed in", "event.signInFailed": "An attempt to sign in failed", "event.signedOut": "Signed out", "event.sessionRevoked": "Signed out a device",
	"event.sessionsRevoked": "Signed out everywhere else", "event.confirmed": "Confirmed that it is you", "event.accountMade": "Account begun", "event.mailChanged": "Mail address changed",
	"event.passwordSet": "Password set", "event.passwordRemoved": "Password removed", "event.passkeyAdded": "Passkey added", "event.passkeyRemoved": "Passkey removed",
	"event.passkeyDoubtful": "A passkey was refused: it may have been copied", "event.codesMade": "Printed codes made", "event.recoveredByCode": "Got in again with a printed code",
	"event.recoveryIssued": "An owner made a link to get in again", "event.recoveredByLink": "Got in again with an owner's link", "event.tokenMade": "Token made",
	"event.tokenRevoked": "Token revoked", "event.invitationTaken": "Invitation accepted",
}
