package vf

// What Valueflows leaves out: who belongs where, what they may do, and with which
// keys they sign. The classes are of our own namespace.

// Membership says that an agent belongs to a scope, in a role, from a time on
// and up to another. A scope is an agent: a circle, a group, a project; none said
// is the whole network. The names of roles are free; the charter uses them.
type Membership struct {
	ID           ID     `json:"@id"`
	Note         string `json:"note,omitzero"`
	Member       ID     `json:"member,omitzero"`
	InScopeOf    ID     `json:"inScopeOf,omitzero"`
	Role         string `json:"role,omitzero"`
	HasBeginning Time   `json:"hasBeginning,omitzero"`
	HasEnd       Time   `json:"hasEnd,omitzero"`
}

// Charter is one version of what those of a scope, and of all below it, may do.
// Each clause is a line that package coordination reads; the first one that fits
// decides. A charter of no said scope is the network's.
type Charter struct {
	ID        ID       `json:"@id"`
	Name      string   `json:"name,omitzero"`
	Note      string   `json:"note,omitzero"`
	InScopeOf ID       `json:"inScopeOf,omitzero"`
	Version   int      `json:"version,omitzero"`
	Clauses   []string `json:"clauses,omitzero"`
	ValidFrom Time     `json:"validFrom,omitzero"`
}

// DeviceKey is a key with which an agent signs acts: "ed25519:" and 32 bytes in
// base64. It holds from its beginning until its end.
type DeviceKey struct {
	ID           ID     `json:"@id"`
	Note         string `json:"note,omitzero"`
	KeyOf        ID     `json:"keyOf,omitzero"`
	PublicKey    string `json:"publicKey,omitzero"`
	HasBeginning Time   `json:"hasBeginning,omitzero"`
	HasEnd       Time   `json:"hasEnd,omitzero"`
}

// OwnClasses are the classes of our namespace (https://w3id.org/commonweal/ns#),
// with what they are.
var OwnClasses = map[Class]string{
	"Membership": "somebody belongs to a scope in a role, for a time",
	"Charter":    "one version of what the roles of a scope may do",
	"DeviceKey":  "a key with which an agent signs acts",
}
