package text

import (
	"strconv"

	"lensan/adapters"
)

// eventWords say what happened. An unknown kind is shown as it is.
var eventWords = map[string]Phrase{
	"run.requested":        {VI: "yêu cầu một lượt", EN: "asked for a run"},
	"run.joined":           {VI: "theo lượt đang chạy", EN: "joined a run under way"},
	"run.cancelled":        {VI: "hủy lượt", EN: "cancelled the run"},
	"run.paused":           {VI: "tạm dừng lượt", EN: "paused the run"},
	"run.resumed":          {VI: "cho lượt chạy tiếp", EN: "resumed the run"},
	"run.deadline":         {VI: "lượt hết thời hạn", EN: "the run reached its deadline"},
	"run.ended":            {VI: "lượt kết thúc", EN: "the run ended"},
	"lane.account":         {VI: "ghi nhận tài khoản của kênh", EN: "recorded the lane's account"},
	"lane.paused":          {VI: "tạm dừng kênh", EN: "paused the lane"},
	"lane.resumed":         {VI: "mở lại kênh", EN: "resumed the lane"},
	"listing.created":      {VI: "đưa lên sàn", EN: "created the listing"},
	"listing.updated":      {VI: "cập nhật trên sàn", EN: "updated the listing"},
	"listing.repriced":     {VI: "cập nhật giá, tồn kho trên sàn", EN: "updated price or stock"},
	"listing.handed_over":  {VI: "ghi vào tệp tải lên", EN: "written to the upload file"},
	"listing.closed":       {VI: "ẩn trên sàn", EN: "closed the listing"},
	"listing.reopened":     {VI: "mở lại trên sàn", EN: "reopened the listing"},
	"listing.adopted":      {VI: "nhận lại tin đăng có sẵn", EN: "adopted the listing"},
	"listing.linked":       {VI: "nối với tin đăng có sẵn", EN: "linked to a listing"},
	"import.applied":       {VI: "nhập danh sách", EN: "imported a register"},
	"import.held":          {VI: "giữ lại một lần nhập để xác nhận", EN: "held an import"},
	"import.rejected":      {VI: "bỏ một lần nhập", EN: "rejected an import"},
	"decision.resolved":    {VI: "quyết định một việc", EN: "resolved a decision"},
	"withdrawal.confirmed": {VI: "xác nhận sản phẩm không còn trong danh sách", EN: "confirmed a withdrawal"},
	"withdrawal.rejected":  {VI: "giữ sản phẩm trong danh sách", EN: "rejected a withdrawal"},
	"sku.renamed":          {VI: "đổi mã hàng", EN: "renamed the SKU"},
	"sku.separate":         {VI: "xác nhận là mã hàng mới", EN: "said that the SKU is a new one"},
	"producers.merged":     {VI: "gộp hai chủ thể", EN: "merged two producers"},
	"schedule.changed":     {VI: "đổi lịch", EN: "changed a schedule"},
	"session.started":      {VI: "đăng nhập", EN: "signed in"},
	"session.refused":      {VI: "đăng nhập không thành công", EN: "sign-in refused"},
	"token.created":        {VI: "cấp mã API", EN: "issued an API token"},
	"token.revoked":        {VI: "thu hồi mã API", EN: "revoked an API token"},
	"database.restored":    {VI: "khôi phục dữ liệu từ bản sao lưu", EN: "restored the record from a backup"},
	"lane.restored":        {VI: "kênh làm việc bình thường lại sau khi khôi phục", EN: "the lane works as usual again after a restore"},
	"export.personal":      {VI: "tải dữ liệu có thông tin chủ thể", EN: "exported personal data"},
}

// Event says what an entry of the audit is about.
func Event(l Lang, kind string) string { return word(l, eventWords, kind) }

// FieldValue writes the value of a field for people: money as money, the rest
// as it is.
func FieldValue(l Lang, f adapters.Field, value string) string {
	if f != adapters.FieldPrice && f != adapters.FieldListPrice {
		return value
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return value
	}
	return Money(l, n)
}
