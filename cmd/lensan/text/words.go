package text

import (
	"lensan/adapters"
	"lensan/store/catalog"
)

// The fixed words on screens (design: Words). An unknown value is shown as it
// is, so that nothing is hidden.

var syncWords = map[catalog.SyncState]Phrase{
	catalog.SyncExcluded:       {"không đưa lên sàn", "left out"},
	catalog.SyncWaiting:        {"đang chờ", "waiting"},
	catalog.SyncWaitingLane:    {"đang chờ sàn", "waiting for the marketplace"},
	catalog.SyncApplying:       {"đang cập nhật", "applying"},
	catalog.SyncChecking:       {"đang kiểm tra", "checking"},
	catalog.SyncApplied:        {"đã khớp", "applied"},
	catalog.SyncRetrying:       {"đang thử lại", "retrying"},
	catalog.SyncNeedsFixing:    {"cần bổ sung", "needs fixing"},
	catalog.SyncStoppedByBrake: {"dừng bởi chốt an toàn", "stopped by a brake"},
	catalog.SyncFailed:         {"không thành công", "failed"},
}

var marketWords = map[adapters.MarketState]Phrase{
	adapters.Absent:        {"chưa có", "absent"},
	adapters.PendingReview: {"chờ duyệt", "pending review"},
	adapters.Live:          {"đang bán", "live"},
	adapters.Rejected:      {"bị từ chối", "rejected"},
	adapters.Closed:        {"đã ẩn", "closed"},
	adapters.Locked:        {"bị khóa", "locked"},
}

var runWords = map[catalog.RunState]Phrase{
	catalog.RunQueued:    {"đang xếp hàng", "queued"},
	catalog.RunPlanning:  {"đang lập kế hoạch", "planning"},
	catalog.RunWorking:   {"đang chạy", "working"},
	catalog.RunPaused:    {"tạm dừng", "paused"},
	catalog.RunDone:      {"đã xong", "done"},
	catalog.RunFailed:    {"xong, có mã hàng không thành công", "ended with failures"},
	catalog.RunCancelled: {"đã hủy", "cancelled"},
	catalog.RunStopped:   {"dừng bởi chốt an toàn", "stopped by a brake"},
	catalog.RunUnhealthy: {"dữ liệu nguồn không ổn", "source unhealthy"},
}

var opWords = map[adapters.Op]Phrase{
	adapters.OpCreate:        {"đưa lên mới", "create"},
	adapters.OpUpdateContent: {"cập nhật nội dung", "update content"},
	adapters.OpUpdateOffer:   {"cập nhật giá, tồn kho", "update price and stock"},
	adapters.OpClose:         {"ẩn", "close"},
	adapters.OpReopen:        {"mở lại", "reopen"},
	adapters.OpAdopt:         {"nhận lại", "adopt"},
}

var fieldWords = map[adapters.Field]Phrase{
	adapters.FieldName:        {"tên", "name"},
	adapters.FieldDescription: {"mô tả", "description"},
	adapters.FieldCategory:    {"ngành hàng", "category"},
	adapters.FieldUnit:        {"quy cách", "unit"},
	adapters.FieldWeight:      {"khối lượng", "weight"},
	adapters.FieldImages:      {"ảnh", "pictures"},
	adapters.FieldOrigin:      {"xuất xứ", "origin"},
	adapters.FieldOcop:        {"thông tin OCOP", "OCOP recognition"},
	adapters.FieldAttributes:  {"thuộc tính", "attributes"},
	adapters.FieldPrice:       {"giá bán", "price"},
	adapters.FieldListPrice:   {"giá niêm yết", "list price"},
	adapters.FieldStock:       {"tồn kho", "stock"},
}

var whoWords = map[catalog.Who]Phrase{
	catalog.WhoProducer:       {"chủ thể", "producer"},
	catalog.WhoCommuneOfficer: {"cán bộ xã", "commune officer"},
	catalog.WhoOperator:       {"người vận hành", "operator"},
	catalog.WhoAdministrator:  {"người quản trị hệ thống", "administrator"},
	catalog.WhoMarketplace:    {"sàn", "marketplace"},
	catalog.WhoNobody:         {"không cần ai xử lý", "nobody needs to"},
}

var triggerWords = map[catalog.Trigger]Phrase{
	catalog.TriggerCommand:   {"dòng lệnh", "command line"},
	catalog.TriggerDashboard: {"trang điều hành", "dashboard"},
	catalog.TriggerSchedule:  {"lịch hằng đêm", "schedule"},
	catalog.TriggerAPI:       {"API", "API"},
	catalog.TriggerStart:     {"lần chạy đầu", "first start"},
}

var kindWords = map[catalog.RunKind]Phrase{
	catalog.RunSync:      {"đồng bộ", "sync"},
	catalog.RunReconcile: {"đối chiếu", "reconcile"},
	catalog.RunRefresh:   {"đọc lại", "refresh"},
	catalog.RunRevert:    {"hoàn lại", "revert"},
}

// bucketWords are the places in which a summary counts a SKU (store.Bucket).
var bucketWords = map[string]Phrase{
	"live":              {"đang bán", "live"},
	"pending_review":    {"chờ duyệt", "in review"},
	"rejected":          {"bị từ chối", "rejected"},
	"locked":            {"bị khóa", "locked"},
	"closed":            {"đã ẩn", "closed"},
	"in_work":           {"đang chờ, đang làm", "waiting or in work"},
	"needs_fixing":      {"cần bổ sung", "needs fixing"},
	"failed":            {"không thành công", "failed"},
	"stopped_by_brake":  {"dừng bởi chốt an toàn", "stopped by a brake"},
	"not_sold":          {"sàn không bán loại hàng này", "not sold there"},
	"expired":           {"hết hiệu lực", "expired"},
	"validity_unknown":  {"chưa rõ hiệu lực", "validity unknown"},
	"below_three_stars": {"dưới 3 sao", "below 3 stars"},
	"stars_unknown":     {"chưa rõ hạng sao", "stars unknown"},
	"revoked":           {"đã thu hồi", "revoked"},
	"other_excluded":    {"không đưa lên vì lý do khác", "left out for another reason"},
	"not_planned":       {"chưa xét", "not looked at yet"},
	"not_awarded":       {"chưa đạt 3 sao", "not awarded 3 stars"},
}

func word[K ~string](l Lang, table map[K]Phrase, k K) string {
	if p, ok := table[k]; ok {
		return p.In(l)
	}
	return string(k)
}

// SyncState is the word for where our own work on a listing stands.
func SyncState(l Lang, s catalog.SyncState) string { return word(l, syncWords, s) }

// MarketState is the word for where a listing stands on the marketplace.
func MarketState(l Lang, s adapters.MarketState) string { return word(l, marketWords, s) }

// RunState is the word for the state of a run.
func RunState(l Lang, s catalog.RunState) string { return word(l, runWords, s) }

// Op is the word for what a change does.
func Op(l Lang, o adapters.Op) string { return word(l, opWords, o) }

// Field is the word for a field of an offer.
func Field(l Lang, f adapters.Field) string { return word(l, fieldWords, f) }

// Who is the word for who fixes something.
func Who(l Lang, w catalog.Who) string { return word(l, whoWords, w) }

// Trigger is the word for where a run was asked for.
func Trigger(l Lang, t catalog.Trigger) string { return word(l, triggerWords, t) }

// RunKind is the word for what a run does.
func RunKind(l Lang, k catalog.RunKind) string { return word(l, kindWords, k) }

// Bucket is the word for a place in which a summary counts a SKU, by its name
// in store (store.Bucket); "not_awarded" joins below 3 stars, unknown and
// revoked.
func Bucket(l Lang, b string) string { return word(l, bucketWords, b) }
