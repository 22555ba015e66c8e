package dashboard

import (
	"fmt"
	"strings"

	"lensan/adapters"
	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
)

// The words that only screens use stand here and in the templates, beside what
// they name; states, fields and reasons are worded in cmd/lensan/text.

// bucket is how a place in the summary is shown. Tones: good, wait, todo, bad,
// off.
type bucket struct {
	text.Phrase
	tone string
}

var bucketWords = map[store.Bucket]bucket{
	store.BucketLive:            {text.Phrase{VI: "đang bán", EN: "live"}, "good"},
	store.BucketPendingReview:   {text.Phrase{VI: "chờ duyệt", EN: "pending review"}, "wait"},
	store.BucketRejected:        {text.Phrase{VI: "bị từ chối", EN: "rejected"}, "bad"},
	store.BucketLocked:          {text.Phrase{VI: "bị khóa", EN: "locked"}, "bad"},
	store.BucketClosed:          {text.Phrase{VI: "đã ẩn", EN: "closed"}, "off"},
	store.BucketInWork:          {text.Phrase{VI: "đang xử lý", EN: "in work"}, "wait"},
	store.BucketNeedsFixing:     {text.Phrase{VI: "cần bổ sung", EN: "needs fixing"}, "todo"},
	store.BucketFailed:          {text.Phrase{VI: "không thành công", EN: "failed"}, "bad"},
	store.BucketStoppedByBrake:  {text.Phrase{VI: "dừng bởi chốt an toàn", EN: "stopped by a brake"}, "bad"},
	store.BucketNotSold:         {text.Phrase{VI: "sàn không bán", EN: "not sold there"}, "off"},
	store.BucketExpired:         {text.Phrase{VI: "hết hiệu lực", EN: "expired"}, "off"},
	store.BucketValidityUnknown: {text.Phrase{VI: "chưa rõ hiệu lực", EN: "validity unknown"}, "off"},
	store.BucketBelowThreeStars: {text.Phrase{VI: "dưới 3 sao", EN: "below 3 stars"}, "off"},
	store.BucketStarsUnknown:    {text.Phrase{VI: "chưa rõ hạng sao", EN: "stars unknown"}, "off"},
	store.BucketRevoked:         {text.Phrase{VI: "đã thu hồi", EN: "revoked"}, "off"},
	store.BucketOtherExcluded:   {text.Phrase{VI: "không đưa lên (khác)", EN: "left out (other)"}, "off"},
	store.BucketNotPlanned:      {text.Phrase{VI: "chưa lập kế hoạch", EN: "not planned yet"}, "off"},
}

func bucketWord(l text.Lang, b store.Bucket) string {
	if w, ok := bucketWords[b]; ok {
		return w.In(l)
	}
	return string(b)
}

func bucketTone(b store.Bucket) string {
	if w, ok := bucketWords[b]; ok {
		return w.tone
	}
	return "off"
}

func runTone(s catalog.RunState) string {
	switch s {
	case catalog.RunDone:
		return "good"
	case catalog.RunFailed, catalog.RunStopped, catalog.RunUnhealthy:
		return "bad"
	case catalog.RunCancelled:
		return "off"
	case catalog.RunPaused:
		return "todo"
	}
	return "wait"
}

var policyWords = map[catalog.Policy]text.Phrase{
	catalog.PolicyObserve:    {VI: "chỉ xem, không gửi gì", EN: "observe only"},
	catalog.PolicyCreateOnly: {VI: "chỉ đưa lên mới", EN: "create only"},
	catalog.PolicyUpsertOnly: {VI: "đưa lên mới và cập nhật, không ẩn", EN: "create and update, close nothing"},
	catalog.PolicySync:       {VI: "đầy đủ: đưa lên, cập nhật, ẩn", EN: "everything: create, update, close"},
}

// policyHelp says what a policy is for.
var policyHelp = map[catalog.Policy]text.Phrase{
	catalog.PolicyUpsertOnly: {VI: "Thường dùng. Không tin nào bị ẩn.", EN: "The usual one. No listing is closed."},
	catalog.PolicyCreateOnly: {VI: "Tin đang có trên sàn không bị đụng tới.", EN: "Listings that stand there are not touched."},
	catalog.PolicySync:       {VI: "Cả việc ẩn sản phẩm hết hiệu lực, trong giới hạn của chốt an toàn.", EN: "Closes what is no longer valid too, within the brakes."},
}

func policyWord(l text.Lang, p catalog.Policy) string {
	if w, ok := policyWords[p]; ok {
		return w.In(l)
	}
	return string(p)
}

var itemWords = map[catalog.ItemState]text.Phrase{
	catalog.ItemWaiting:   {VI: "đang chờ", EN: "waiting"},
	catalog.ItemBatched:   {VI: "đang làm", EN: "in hand"},
	catalog.ItemDone:      {VI: "đã xong", EN: "done"},
	catalog.ItemUnchanged: {VI: "không đổi", EN: "unchanged"},
	catalog.ItemLeftOut:   {VI: "không đưa lên", EN: "left out"},
	catalog.ItemFailed:    {VI: "không thành công", EN: "failed"},
	catalog.ItemCancelled: {VI: "đã hủy", EN: "cancelled"},
}

func itemWord(l text.Lang, s catalog.ItemState) string {
	if w, ok := itemWords[s]; ok {
		return w.In(l)
	}
	return string(s)
}

var roleWords = map[string]text.Phrase{
	"viewer":   {VI: "người xem", EN: "viewer"},
	"operator": {VI: "người vận hành", EN: "operator"},
	"admin":    {VI: "người quản trị", EN: "administrator"},
}

func roleWord(l text.Lang, s string) string {
	if w, ok := roleWords[s]; ok {
		return w.In(l)
	}
	return s
}

// registerWords name the cells of the register that are no field of an offer.
var registerWords = map[string]text.Phrase{
	"stars": {VI: "hạng sao", EN: "stars"}, "decided_on": {VI: "ngày quyết định", EN: "decision date"},
	"valid_until": {VI: "có giá trị đến", EN: "valid until"}, "number": {VI: "quyết định số", EN: "decision number"},
	"authority": {VI: "cơ quan ban hành", EN: "authority"}, "product_set": {VI: "bộ sản phẩm", EN: "product set"},
	"code": {VI: "mã sản phẩm", EN: "product code"}, "sku": {VI: "mã hàng", EN: "SKU"}, "phone": {VI: "điện thoại", EN: "telephone"},
	"tax_code": {VI: "mã số thuế", EN: "tax code"}, "address": {VI: "địa chỉ", EN: "address"}, "commune": {VI: "xã/phường", EN: "commune"},
	"producer": {VI: "chủ thể", EN: "producer"}, "district": {VI: "huyện cũ", EN: "former district"}, "note": {VI: "ghi chú", EN: "note"},
	"flagship": {VI: "sản phẩm mũi nhọn", EN: "flagship"}, "story": {VI: "câu chuyện sản phẩm", EN: "story"}, "trace_url": {VI: "truy xuất nguồn gốc", EN: "trace address"},
}

func fieldWord(l text.Lang, f string) string {
	if w, ok := registerWords[f]; ok {
		return w.In(l)
	}
	return text.Field(l, adapters.Field(f))
}

// setNames are the 26 product sets of the programme.
var setNames = map[string]text.Phrase{
	"01": {VI: "rau, củ, quả tươi", EN: "fresh vegetables and fruit"},
	"02": {VI: "thịt, trứng, thủy sản tươi", EN: "fresh meat, eggs, fish"},
	"03": {VI: "gạo, ngũ cốc, hạt", EN: "rice, grain, nuts"},
	"04": {VI: "mật ong, nông sản khác", EN: "honey, other produce"},
	"05": {VI: "đồ ăn nhanh", EN: "ready food"},
	"06": {VI: "bún, miến, bánh", EN: "noodles and cakes"},
	"07": {VI: "chế biến từ rau, củ, quả, hạt", EN: "made from vegetables, fruit, nuts"},
	"08": {VI: "chế biến từ thịt, trứng, thủy sản", EN: "made from meat, eggs, fish"},
	"09": {VI: "nước mắm, tương", EN: "fish sauce, soy sauce"},
	"10": {VI: "gia vị khác", EN: "other condiments"},
	"11": {VI: "chè", EN: "tea"},
	"12": {VI: "trà từ thực vật khác", EN: "herbal teas"},
	"13": {VI: "cà phê, ca cao", EN: "coffee, cocoa"},
	"14": {VI: "rượu trắng", EN: "spirits"},
	"15": {VI: "đồ uống có cồn khác", EN: "other alcoholic drinks"},
	"16": {VI: "nước uống đóng bình", EN: "bottled water"},
	"17": {VI: "đồ uống không cồn", EN: "soft drinks"},
	"18": {VI: "thực phẩm bảo vệ sức khỏe", EN: "health foods"},
	"19": {VI: "mỹ phẩm thảo dược", EN: "herbal cosmetics"},
	"20": {VI: "tinh dầu, dược liệu", EN: "essential oils, herbs"},
	"21": {VI: "thủ công mỹ nghệ, hương", EN: "crafts, incense"},
	"22": {VI: "vải, thổ cẩm, may mặc", EN: "cloth, brocade, clothing"},
	"23": {VI: "hoa", EN: "flowers"},
	"24": {VI: "cây cảnh", EN: "ornamental plants"},
	"25": {VI: "động vật cảnh", EN: "ornamental animals"},
	"26": {VI: "du lịch cộng đồng", EN: "community tourism"},
}

func setName(l text.Lang, set string) string {
	if set == "" {
		return text.Phrase{VI: "chưa rõ", EN: "unknown"}.In(l)
	}
	name := text.Phrase{VI: "Bộ " + set, EN: "Set " + set}.In(l)
	if w, ok := setNames[set]; ok {
		return name + " · " + w.In(l)
	}
	return name
}

// notes are what a page says after something was done; the cookie holds the
// key and at most one number.
var notes = map[string]text.Phrase{
	"run":        {VI: "Đã xếp hàng lượt mới.", EN: "The run is queued."},
	"joined":     {VI: "Đã có lượt cùng phạm vi; đây là lượt đó.", EN: "A run of the same scope is under way; this is it."},
	"cancel":     {VI: "Đã yêu cầu hủy: lượt dừng ngay sau các yêu cầu đang gửi.", EN: "Asked to cancel: the run stops after the requests in flight."},
	"pause":      {VI: "Đã tạm dừng.", EN: "Paused."},
	"resume":     {VI: "Đã cho chạy tiếp.", EN: "Resumed."},
	"decided":    {VI: "Đã ghi quyết định.", EN: "The decision is recorded."},
	"schedule":   {VI: "Đã đổi lịch.", EN: "The schedule is changed."},
	"imported":   {VI: "Đã nhập danh sách.", EN: "The register is imported."},
	"held":       {VI: "Lần nhập được giữ lại để xác nhận.", EN: "The import is held for confirmation."},
	"rejected":   {VI: "Đã bỏ lần nhập này.", EN: "The import is rejected."},
	"token_gone": {VI: "Đã thu hồi mã API.", EN: "The token is revoked."},
}

func noteText(l text.Lang, key string) string { return notes[key].In(l) }

// sentence joins the words of a list as people write them.
func sentence(words []string) string { return strings.Join(words, ", ") }

// mask hides all but the last three characters of a telephone or tax code.
func mask(s string) string {
	r := []rune(strings.TrimSpace(s))
	if len(r) == 0 {
		return ""
	}
	keep := min(3, len(r)/3)
	return fmt.Sprint(strings.Repeat("•", len(r)-keep), string(r[len(r)-keep:]))
}

func syncWord(l text.Lang, s string) string   { return text.SyncState(l, catalog.SyncState(s)) }
func marketWord(l text.Lang, s string) string { return text.MarketState(l, adapters.MarketState(s)) }
func whoWord(l text.Lang, s string) string    { return text.Who(l, catalog.Who(s)) }

// reasonTitle is a reason for many products at once.
func reasonTitle(l text.Lang, code string) string {
	if code == "" {
		return ""
	}
	if code == store.ReasonNotPlanned {
		return text.Phrase{VI: "chưa lập kế hoạch", EN: "not planned yet"}.In(l)
	}
	e := text.ExplainGroup(code)
	return text.Sentence(l, e.VI, e.EN)
}

var kindGroups = map[string]text.Phrase{
	"run.": {VI: "lượt đồng bộ", EN: "runs"}, "lane.": {VI: "kênh", EN: "lanes"}, "listing.": {VI: "tin đăng", EN: "listings"},
	"import.": {VI: "nhập danh sách", EN: "imports"}, "decision.": {VI: "quyết định", EN: "decisions"}, "schedule.": {VI: "lịch", EN: "schedules"},
	"session.": {VI: "đăng nhập", EN: "sign-ins"}, "token.": {VI: "mã API", EN: "API tokens"}, "export.": {VI: "tải dữ liệu", EN: "exports"},
}

func kindGroup(l text.Lang, k string) string { return kindGroups[k].In(l) }
