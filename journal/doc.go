// Package journal is the book of first entry: the acts of one network in
// order, so written that nobody can change them unseen. It is pure: it knows no
// files and no clock, and storage, time and salt are handed in.
//
// # Words
//
// An [Act] is what somebody did: its kind, author, time, idempotency key, and
// the records or ids concerned. An [Entry] is an act in its place in the
// journal: sequence (0 is the genesis), network, the hash of the entry before,
// the key that signs here, and mostly at the end of a transaction the signature. A run is
// the entries that stand on one signature. The [State] is what is needed to
// write the next entry: how many there are, the hash of the last, the right
// edge of the Merkle tree, and the [Keyring]. A checkpoint is a signed note
// that says how many entries there are and what the root of their tree is.
// A profile is what must be erasable, kept beside the journal.
//
// # The path of an act
//
// [Split] takes the personal part off each record; [State.Seal] makes the next
// entry of the act, signs it and gives it back as [Sealed], ready for a store (in two
// steps, [Order.Admit] and [State.SealAdmitted], where deciding should not wait for
// signatures; or by [State.SealInRun], where more entries become durable together with it);
// [State.Apply] reads an entry back and checks all of it, which is replay, and
// [State.End] says whether the journal may end there.
// [State.Checkpoint] signs what the state says. [Verify] reads a whole journal
// offline, and reports the first fault with its sequence and what is wrong.
//
// # The form of an entry
//
// An entry is one JSON object in the canonical form of RFC 8785, with these
// members and no others:
//
//	{"act":{"at":…,"author":…,"key":…,"kind":…,"network":…,"of":[…],"proof":{"key":…,"signature":…},"publicKey":…,"records":[…]},
//	 "network":…,"previous":…,"sequence":…,"signature":…,"signedBy":…}
//
// "network" and "publicKey" stand in the act only where its kind has them,
// "of" and "records" only where there are any, "proof" only where the author signed
// the act. "previous" is the leaf hash of
// the entry before in base64, "" in the genesis. "signedBy" is the key in use. "signature" is
// an Ed25519 signature by it in base64 over the canonical form of the entry without the member
// "signature"; it stands where a run ends, and else there is no such member. Numbers in records are whole and at most 2⁵³-1; quantities are
// texts. [Decode] accepts these bytes and no others, so that an entry has
// exactly one form, and its hash one value.
//
// The entry's bytes are a leaf of a Merkle tree as in RFC 6962, kept by
// golang.org/x/mod/sumdb/tlog; checkpoints are notes of
// golang.org/x/mod/sumdb/note with the network's id as origin and signer's name.
//
// # Runs
//
// Each entry names the hash of the one before, so a signature covers all entries before
// it. Entries that become durable together therefore need one signature: the last of them
// has it, the others have none and stand on it. Such a run is of one key, since an entry
// that begins the use of a key, genesis or rotateKey, is always signed itself; and it is of at
// most [MaxRun] entries, the signed one among them. A journal ends with a signed entry.
// Whoever reads one knows of entries without a signature only that they follow each other, until
// the signature comes; [Verify] reports as [Unsigned] where it does not. Checking takes no memory for
// a run but the hash of its last entry; who wants to take in nothing before it is known to be
// signed holds at most MaxRun entries.
//
// What was changed within a run shows at the entry after it, which names another hash, or at the
// signature. A journal in which each entry is signed, as all were at first, is one of runs of
// one entry.
//
// # Keys
//
// One key at a time signs. The genesis names the first; rotateKey, signed by
// the key in use, puts another in its place; revokeKey says that an earlier key
// is no longer to be trusted: checkpoints with its signature then count for
// nothing unless the verifier held them. A network whose key in use is lost
// cannot go on in the same journal.
//
// # Keys of authors
//
// The network's key says that an act was entered; whose act it was, the network
// vouches for. An author who has a key of their own ([vf.DeviceKey], a record in the
// journal) may sign the act itself: the [Proof] in it is an Ed25519 signature in
// base64 over the canonical form of {"act":…,"network":…}, the act without its proof
// and the network's id ([Signed]). The key must be the author's by an entry before,
// and in force at the time of the act. [Verify] checks every proof, and says how many
// acts their authors signed; the others were signed on their behalf. A proof covers
// the public part of records and the salted hashes of their profiles. Whoever can
// write the journal anew could also name other keys in it; an author knows their own.
//
// # What a proof covers
//
// Whoever holds a checkpoint from earlier, or got one from somebody else, finds
// every change of what it covers: entries flipped, dropped, put in, reordered,
// cut off or rolled back. After it, and where no checkpoint is held, every
// entry that was not made with the network's keys is found; but whoever has the
// keys can write other entries after the last checkpoint that is held
// elsewhere, or cut off the end. [Report] says which case it is, in numbers.
//
// # Personal data
//
// For a Person all fields but @id and @type, and the note of every record, are
// never in the journal but in a profile: its salted hash is in the record as
// "profile". Erasing the profile with its salt leaves the hash, which tells
// nothing. Names of others (an Organization, a place) are public; who writes
// personal data into them puts it into the journal for good.
package journal
