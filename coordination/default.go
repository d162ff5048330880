package coordination

// Default is the charter of a network that has not given itself one: members see
// all and answer for what is theirs, bookkeepers keep the books, coordinators work
// on everything, owners may also decide about the charter and the keys, and guests
// see what is published. It is data like any charter: copy it, change it, declare it.
var Default = []string{
	"owners: owner may everything",

	"members-see: member may see all",
	"guests-see: guest may see published",

	"own-profile: member may change own Person",
	"own-needs-and-offers: member may declare, change, withdraw, finish own Intent, Proposal",
	"own-things: member may declare, change own EconomicResource",
	"own-processes: member may declare, change, withdraw, finish own Process, Plan",
	"promises: member may commit, change, release, finish as provider Commitment",
	"with-promises: member may commit own Process, Plan, Agreement, AgreementBundle, Claim",
	"happenings: member may record own EconomicEvent, EconomicResource, Process, BatchLotRecord, Agreement, AgreementBundle, Claim",
	"corrections: member may correct own EconomicEvent",
	"planning: member may plan",
	"forget-me: member may erase own Person",
	"own-keys: member may keys own DeviceKey",
	"leaving: member may end own Membership",

	"bookkeepers-see: bookkeeper may see, plan all",
	"bookkeepers-record: bookkeeper may record, correct, finish all",
	"bookkeepers-describe: bookkeeper may declare, change all EconomicResource, BatchLotRecord, Agreement, AgreementBundle, Claim",

	"coordinators-work: coordinator may see, declare, change, withdraw, commit, release, record, correct, finish, plan, adopt all",
	"coordinators-invite: coordinator may invite, end all Membership for member, bookkeeper",
}
