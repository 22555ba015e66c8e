package sandbox

import (
	"bytes"
	"encoding/json"
	"net/http"
	"time"
)

// postmart is the rules of Postmart.
type postmart struct{}

const jsonType = "application/json"

// postmartOps names the operations of the contract.
var postmartOps = map[string]opKind{
	"issueToken": signsIn, "listCategories": reads, "findShop": reads, "createShop": writes, "uploadImage": writes,
	"listProducts": reads, "createProduct": writes, "getProduct": reads, "updateProduct": writes,
	"closeProduct": writes, "reopenProduct": writes, "batchOffers": writes,
}

// Postmart is the marketplace's HTTP interface, with a page for people at /.
func (sb *Sandbox) Postmart() http.Handler {
	mux := http.NewServeMux()
	for pattern, op := range map[string]string{
		"POST /oauth/token":             "issueToken",
		"GET /v1/categories":            "listCategories",
		"GET /v1/shops":                 "findShop",
		"POST /v1/shops":                "createShop",
		"POST /v1/media":                "uploadImage",
		"GET /v1/products":              "listProducts",
		"POST /v1/products":             "createProduct",
		"GET /v1/products/{id}":         "getProduct",
		"PATCH /v1/products/{id}":       "updateProduct",
		"POST /v1/products/{id}/close":  "closeProduct",
		"POST /v1/products/{id}/reopen": "reopenProduct",
		"POST /v1/offers:batch":         "batchOffers",
	} {
		mux.HandleFunc(pattern, sb.pm.serve(op))
	}
	sb.pm.pages(mux, func(w http.ResponseWriter) { write(w, pmError("not_found")) })
	return labelled(mux)
}

func (postmart) exec(c *call) *answer {
	if c.fate.Answer != nil {
		return pmError(c.fate.Answer.Code)
	}
	switch c.op {
	case "issueToken":
		return c.pmIssueToken()
	case "listCategories":
		return c.pmCategories()
	case "findShop":
		return c.pmFindShop()
	case "createShop":
		return c.pmCreateShop()
	case "uploadImage":
		return c.pmUpload()
	case "listProducts":
		return c.pmList()
	case "createProduct":
		return c.pmCreate()
	case "getProduct":
		return c.pmGet()
	case "updateProduct":
		return c.pmUpdate()
	case "closeProduct":
		return c.pmClose()
	case "reopenProduct":
		return c.pmReopen()
	case "batchOffers":
		return c.pmOffers()
	}
	return pmError("not_found")
}

// pmProduct is what stands beside the content fields of a product.
type pmProduct struct {
	ID        string       `json:"id"`
	ShopID    string       `json:"shop_id"`
	SKU       *string      `json:"sku"`
	Status    string       `json:"status"`
	Price     int64        `json:"price"`
	ListPrice *int64       `json:"list_price"`
	Stock     int64        `json:"stock"`
	Version   int64        `json:"version"`
	Rejection *pmRejection `json:"rejection"`
	URL       string       `json:"url"`
	CreatedAt string       `json:"created_at"`
	UpdatedAt string       `json:"updated_at"`
	UpdatedBy string       `json:"updated_by"`
}

type pmRejection struct {
	Reasons []Reason `json:"reasons"`
}

func (r postmart) wire(p *product, content []byte, base string) []byte {
	out := pmProduct{
		ID: p.ID, ShopID: p.Shop, Status: r.word(p.Status), Price: p.Price, ListPrice: p.List, Stock: p.Stock,
		Version: p.Version, URL: base + productPath + p.ID, CreatedAt: rfc3339(p.Created),
		UpdatedAt: rfc3339(p.Updated), UpdatedBy: p.By,
	}
	if p.SKU != "" {
		out.SKU = &p.SKU
	}
	if len(p.Reasons) > 0 {
		out.Rejection = &pmRejection{p.Reasons}
	}
	return splice(out, content)
}

// splice writes one JSON object of a record's fields and of the content.
func splice(record any, content []byte) []byte {
	head, err := json.Marshal(record)
	if err != nil {
		panic("sandbox: " + err.Error()) // plain structs always marshal
	}
	if len(content) <= 2 || bytes.Equal(content, []byte("{}")) {
		return head
	}
	head[len(head)-1] = ','
	return append(head, content[1:]...)
}

func rfc3339(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z") }

func (postmart) word(s status) string {
	switch s {
	case pending:
		return "pending_review"
	case locked:
		return "closed"
	}
	return string(s)
}

var pmRejections = []Reason{
	{"image_quality", "Ảnh mờ hoặc thiếu sáng, không thấy rõ sản phẩm"},
	{"image_mismatch", "Ảnh không đúng với sản phẩm được mô tả"},
	{"name_misleading", "Tên sản phẩm dễ gây hiểu nhầm"},
	{"description_insufficient", "Mô tả chưa nêu thành phần và cách dùng"},
	{"forbidden_claim", "Mô tả có lời khẳng định công dụng chữa bệnh"},
	{"evidence_missing", "Thiếu minh chứng cho hạng sao OCOP"},
	{"price_abnormal", "Giá bán bất thường so với sản phẩm cùng loại"},
	{"wrong_category", "Ngành hàng không phù hợp với sản phẩm"},
}

func (postmart) rejection(draw uint64) []Reason {
	n := uint64(len(pmRejections))
	reasons := []Reason{pmRejections[draw%n]}
	if draw>>32%4 == 0 { // now and then two at once
		if second := pmRejections[(draw+1+draw>>40%(n-1))%n]; second != reasons[0] {
			reasons = append(reasons, second)
		}
	}
	return reasons
}

func (postmart) images(content []byte) []string {
	var in struct {
		Images []string `json:"images"`
	}
	_ = json.Unmarshal(content, &in) // our own writing
	return in.Images
}
