package sandbox

import "encoding/json"

// vsEnvelope is what every call that reaches the application is answered.
type vsEnvelope struct {
	Error   bool   `json:"error"`
	Code    string `json:"code"`
	Message string `json:"message"`
	Data    any    `json:"data"`
}

// vsWords is the words of each code of the contract.
var vsWords = map[string]string{
	"OK":                            "Thành công",
	"LOGIN_FAILED":                  "Tên đăng nhập hoặc mật khẩu không đúng",
	"LOGIN_LOCKED":                  "Đăng nhập quá nhiều lần, vui lòng thử lại sau",
	"TOKEN_INVALID":                 "Phiên đăng nhập không còn hiệu lực",
	"RATE_LIMITED":                  "Gọi quá nhiều lần trong một giây",
	"CLIENT_BANNED":                 "Tài khoản tạm bị chặn do gọi quá nhiều lần",
	"VALIDATE_ERROR":                "Dữ liệu chưa hợp lệ",
	"BATCH_TOO_LARGE":               "Gửi quá nhiều mục trong một lần",
	"SHOP_NOT_FOUND":                "Không tìm thấy gian hàng",
	"SHOP_INACTIVE":                 "Gian hàng đang bị khóa",
	"SHOP_CODE_DUPLICATED":          "Mã gian hàng đã tồn tại",
	"PRODUCT_NOT_FOUND":             "Không tìm thấy sản phẩm",
	"PRODUCT_SKU_DUPLICATED":        "Mã hàng đã có trong gian hàng",
	"PRODUCT_LOCKED":                "Sản phẩm đã bị khóa",
	"CATEGORY_INVALID":              "Ngành hàng không hợp lệ",
	"IMAGE_NOT_FOUND":               "Không tìm thấy ảnh",
	"IMAGE_TOO_LARGE":               "Ảnh lớn quá 2 MiB",
	"IMAGE_FORMAT":                  "Chỉ nhận ảnh JPEG hoặc PNG",
	"IMAGE_DIMENSION":               "Kích thước ảnh phải từ 500 đến 4000 điểm ảnh",
	"DESCRIPTION_FORBIDDEN_CONTACT": "Mô tả không được có số điện thoại, thư điện tử hoặc liên kết",
	"PRICE_INVALID":                 "Giá bán không hợp lệ",
	"OCOP_EXPIRED":                  "Chứng nhận OCOP đã hết hạn",
	"SKU_FIXED":                     "Mã hàng đã được đặt, không thể đổi",
	"SYSTEM_BUSY":                   "Hệ thống đang bận, vui lòng thử lại",
	"SYSTEM_ERROR":                  "Hệ thống gặp lỗi, vui lòng thử lại",
}

func vsMessage(code string) string {
	if s := vsWords[code]; s != "" {
		return s
	}
	return "Lỗi " + code
}

func vsOK(data any) *answer { return vsAnswer("OK", vsWords["OK"], data) }

func vsAnswer(code, message string, data any) *answer {
	a := jsonAnswer(200, code, vsEnvelope{code != "OK", code, message, data})
	if code == "OK" {
		a.code = "ok"
	}
	return a
}

func vsError(code string) *answer { return vsAnswer(code, vsMessage(code), nil) }

// vsInvalid names the first field that is wrong.
func vsInvalid(bad []problem) *answer {
	return vsAnswer("VALIDATE_ERROR", vsWords["VALIDATE_ERROR"]+": "+bad[0].Field, nil)
}

func vsRetry(code string, waitMS int64) *answer {
	return vsAnswer(code, vsMessage(code), map[string]int64{"retryAfterMs": waitMS})
}

func (voso) broken() *answer { return vsError("SYSTEM_ERROR") }

func (voso) trouble(int) []byte {
	body, _ := json.Marshal(vsEnvelope{true, "SYSTEM_ERROR", vsWords["SYSTEM_ERROR"], nil})
	return body
}

// vsBody is the request's JSON object, with the members that the contract
// knows, or the refusal of one that is wrong in form.
func (c *call) vsBody(fields ...string) (map[string]any, *answer) {
	var f form
	o := c.object()
	switch t, _ := c.mediaType(); {
	case t != jsonType:
		return nil, vsInvalid([]problem{{"Content-Type", notAllowed}})
	case c.torn || o == nil:
		return nil, vsInvalid([]problem{{"body", badFormat}})
	}
	f.known(o, "", fields...)
	f.noQuery(c)
	if !f.ok() {
		return nil, vsInvalid(f.bad)
	}
	return o, nil
}

// vsItems is the items of a batch, at most most of them, each an object with
// members that the contract knows.
func (c *call) vsItems(most int, fields ...string) ([]map[string]any, *answer) {
	o, refusal := c.vsBody("items")
	if refusal != nil {
		return nil, refusal
	}
	if list, ok := o["items"].([]any); ok && len(list) > most {
		return nil, vsError("BATCH_TOO_LARGE")
	}
	var f form
	items := f.objects(o, "items", 1, most)
	for _, it := range items {
		f.known(it, "items.", fields...)
	}
	if !f.ok() {
		return nil, vsInvalid(f.bad)
	}
	return items, nil
}

// vsResult is the answer for one item of a batch.
type vsResult struct {
	OK        bool    `json:"ok"`
	SKU       string  `json:"sku"`
	ProductID *string `json:"productId"`
	Code      string  `json:"code"`
	Message   string  `json:"message"`
	Field     *string `json:"field"`
}

func vsRefused(code, field string) vsResult {
	r := vsResult{Code: code, Message: vsMessage(code)}
	if field != "" {
		r.Field = &field
	}
	return r
}

func vsDone(r *row) vsResult {
	id := r.cur.ID
	return vsResult{OK: true, SKU: r.cur.SKU, ProductID: &id, Code: "OK", Message: vsWords["OK"]}
}

// vsBatch answers each item by do, but for those that a fault is about.
func (c *call) vsBatch(items []map[string]any, do func(it map[string]any) vsResult) *answer {
	results := []vsResult{}
	for i, it := range items {
		id, _ := it["productId"].(string)
		sku, _ := it["sku"].(string)
		var known *row
		if known = c.vsFind(id); known != nil {
			sku = known.cur.SKU
		}
		var res vsResult
		switch {
		case c.fate.Refuse.names(i, id, sku):
			code := c.fate.Refuse.Code
			if code == "" {
				code = "SYSTEM_BUSY"
			}
			res = vsRefused(code, "")
		case c.fate.Ignore.names(i, id, sku) && known != nil:
			res = vsDone(known)
		case c.fate.Ignore.names(i, id, sku):
			res = vsResult{OK: true, Code: "OK", Message: vsWords["OK"]}
		default:
			res = do(drop(it, c.fate.Drop))
		}
		if res.SKU == "" {
			res.SKU = sku
		}
		if res.ProductID == nil && id != "" {
			res.ProductID = &id
		}
		code := res.Code
		if res.OK {
			code = "ok"
		}
		c.m.ledger.code(c.op+"/item", code)
		if !c.fate.Omit.names(i, id, sku) {
			results = append(results, res)
		}
	}
	return vsOK(map[string]any{"results": results})
}

// vsFind is a product of the user.
func (c *call) vsFind(id string) *row {
	if r := c.m.products[id]; r != nil && r.acc == c.acc {
		return r
	}
	return nil
}
