package sandbox

import (
	"encoding/json"
	"net/http"
)

type pmErrorBody struct {
	Code       string         `json:"code"`
	Message    string         `json:"message"`
	ExistingID string         `json:"existing_id,omitempty"`
	Fields     []pmFieldError `json:"fields,omitempty"`
}

type pmFieldError struct {
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// pmCodes is the status and the words of each code of the contract.
var pmCodes = map[string]struct {
	status  int
	message string
}{
	"invalid_client":          {401, "Tài khoản kết nối hoặc khóa bí mật không đúng"},
	"token_expired":           {401, "Phiên đăng nhập đã hết hạn"},
	"forbidden":               {403, "Tài khoản không có quyền thực hiện"},
	"shop_suspended":          {403, "Gian hàng đang bị tạm ngừng"},
	"closed_by_marketplace":   {403, "Sản phẩm đã bị sàn đóng"},
	"not_found":               {404, "Không tìm thấy"},
	"validation_failed":       {422, "Dữ liệu chưa hợp lệ"},
	"sku_exists":              {409, "Mã hàng đã có trong gian hàng"},
	"producer_exists":         {409, "Chủ thể đã có gian hàng"},
	"idempotency_key_reused":  {422, "Khóa chống lặp đã dùng cho nội dung khác"},
	"idempotency_in_progress": {409, "Yêu cầu trước đó đang được xử lý"},
	"version_conflict":        {412, "Sản phẩm đã thay đổi từ lần đọc trước"},
	"cursor_expired":          {410, "Con trỏ trang đã hết hạn, hãy đọc lại từ đầu"},
	"media_too_large":         {413, "Ảnh lớn quá 5 MiB"},
	"media_unsupported":       {415, "Chỉ nhận ảnh JPEG, PNG hoặc WebP"},
	"media_unknown":           {422, "Không tìm thấy ảnh"},
	"rate_limited":            {429, "Gọi quá nhiều lần trong một giây"},
	"maintenance":             {503, "Hệ thống đang bảo trì"},
	"internal":                {500, "Hệ thống gặp lỗi"},
}

var pmFieldWords = map[string]string{
	required:   "Bắt buộc phải có",
	tooShort:   "Quá ngắn",
	tooLong:    "Quá dài",
	outOfRange: "Ngoài khoảng cho phép",
	badFormat:  "Sai định dạng",
	unknown:    "Không nhận ra",
	notAllowed: "Không được phép",
}

func (e pmErrorBody) answer() *answer {
	known, ok := pmCodes[e.Code]
	if !ok { // a code that only a fault knows
		known.status, known.message = http.StatusUnprocessableEntity, "Lỗi "+e.Code
	}
	if e.Message == "" {
		e.Message = known.message
	}
	return jsonAnswer(known.status, e.Code, map[string]any{"error": e})
}

func jsonAnswer(status int, code string, v any) *answer {
	body, err := json.Marshal(v)
	if err != nil {
		panic("sandbox: " + err.Error()) // maps and structs of plain values
	}
	return &answer{status: status, code: code, head: map[string]string{"Content-Type": jsonType}, body: body}
}

func pmError(code string) *answer { return pmErrorBody{Code: code}.answer() }

func pmExists(code, id string) *answer { return pmErrorBody{Code: code, ExistingID: id}.answer() }

func pmFields(bad []problem) []pmFieldError {
	var fields []pmFieldError
	for _, p := range bad {
		fields = append(fields, pmFieldError{p.Field, p.Code, pmFieldWords[p.Code]})
	}
	return fields
}

func pmInvalid(bad []problem) *answer {
	return pmErrorBody{Code: "validation_failed", Fields: pmFields(bad)}.answer()
}

func pmWrong(field, code string) *answer { return pmInvalid([]problem{{field, code}}) }

func (postmart) broken() *answer { return pmError("internal") }

func (postmart) trouble(status int) []byte {
	code := "internal"
	if status == http.StatusServiceUnavailable {
		code = "maintenance"
	}
	return pmError(code).body
}
