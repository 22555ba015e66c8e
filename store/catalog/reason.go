package catalog

// Reason says why something is not as wanted: a code of the catalogue
// (`subject.what`, for example "name.too_long") and the arguments of its
// sentence ("have": "131", "max": "120"). The sentences stand in
// cmd/lensan/text, in Vietnamese and English.
type Reason struct {
	Code string            `json:"code"`
	Args map[string]string `json:"args,omitempty"`
}

// Who is the person who can do something about a reason.
type Who string

// Those who fix things. Nobody responsible is a district.
const (
	WhoProducer       Who = "producer"
	WhoCommuneOfficer Who = "commune_officer"
	WhoOperator       Who = "operator"
	WhoAdministrator  Who = "administrator"
	WhoMarketplace    Who = "marketplace"
	WhoNobody         Who = "nobody" // waits by itself
)

// Explanation is a reason in words: what is wrong, and what to do about it.
type Explanation struct {
	VI, EN       string // what is wrong, one sentence, arguments filled in
	FixVI, FixEN string // what to do
	Who          Who
	Known        bool // false: the code is not in the catalogue, a plain sentence stands in
}
