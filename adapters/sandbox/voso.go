package sandbox

import (
	"encoding/json"
	"net/http"
	"strings"
)

// voso is the rules of Voso.
type voso struct{}

// vosoOps names the operations of the contract.
var vosoOps = map[string]opKind{
	"login": signsIn, "listCategories": reads, "searchShop": reads, "saveShop": writes, "uploadImage": writes,
	"saveProducts": writes, "changeStatus": writes, "changePriceStock": writes, "searchProducts": reads,
	"getProducts": reads,
}

// Voso is the marketplace's HTTP interface, with a page for people at /.
func (sb *Sandbox) Voso() http.Handler {
	mux := http.NewServeMux()
	for path, op := range map[string]string{
		"user/login": "login", "category/list": "listCategories", "shop/search": "searchShop",
		"shop/save": "saveShop", "image/upload": "uploadImage", "product/save-batch": "saveProducts",
		"product/change-status": "changeStatus", "product/change-price-stock": "changePriceStock",
		"product/search": "searchProducts", "product/get": "getProducts",
	} {
		mux.HandleFunc("POST /api/v2/"+path, sb.vs.serve(op))
	}
	sb.vs.pages(mux, func(w http.ResponseWriter) {
		write(w, &answer{status: http.StatusNotFound, head: map[string]string{"Content-Type": pageHTML},
			body: []byte("<html><body><h1>404 Not Found</h1></body></html>")})
	})
	return labelled(mux)
}

func (voso) exec(c *call) *answer {
	if c.fate.Answer != nil {
		return vsError(c.fate.Answer.Code)
	}
	switch c.op {
	case "login":
		return c.vsLogin()
	case "listCategories":
		return c.vsCategories()
	case "searchShop":
		return c.vsSearchShop()
	case "saveShop":
		return c.vsSaveShop()
	case "uploadImage":
		return c.vsUpload()
	case "saveProducts":
		return c.vsSaveProducts()
	case "changeStatus":
		return c.vsChangeStatus()
	case "changePriceStock":
		return c.vsChangePriceStock()
	case "searchProducts":
		return c.vsSearch()
	case "getProducts":
		return c.vsGet()
	}
	return vsError("SYSTEM_ERROR")
}

// vsProduct is what stands beside the content fields of a product.
type vsProduct struct {
	ProductID    string  `json:"productId"`
	ShopID       string  `json:"shopId"`
	SKU          string  `json:"sku"`
	Status       string  `json:"status"`
	Price        int64   `json:"price"`
	ListPrice    *int64  `json:"listPrice"`
	Quantity     int64   `json:"quantity"`
	RejectReason *string `json:"rejectReason"`
	ProductURL   string  `json:"productUrl"`
	CreatedAt    string  `json:"createdAt"`
	UpdatedAt    string  `json:"updatedAt"`
}

func (r voso) wire(p *product, content []byte, base string) []byte {
	out := vsProduct{
		ProductID: p.ID, ShopID: p.Shop, SKU: p.SKU, Status: r.word(p.Status), Price: p.Price, ListPrice: p.List,
		Quantity: p.Stock, ProductURL: base + productPath + p.ID, CreatedAt: vsTime(p.Created),
		UpdatedAt: vsTime(p.Updated),
	}
	if len(p.Reasons) > 0 {
		var words []string
		for _, why := range p.Reasons {
			words = append(words, why.Message)
		}
		s := strings.Join(words, "; ")
		out.RejectReason = &s
	}
	return splice(out, content)
}

func vsTime(ms int64) string { return vietnam(ms).Format("02/01/2006 15:04:05") }

func (voso) word(s status) string {
	return map[status]string{pending: "PENDING", live: "SELLING", rejected: "REJECTED", closed: "HIDDEN",
		locked: "LOCKED"}[s]
}

var vsRejections = []Reason{
	{Message: "Hình ảnh sản phẩm bị mờ, đề nghị chụp lại rõ nét"},
	{Message: "Ảnh có chèn chữ quảng cáo, vui lòng thay ảnh khác"},
	{Message: "Mô tả còn sơ sài, cần bổ sung thành phần và hướng dẫn bảo quản"},
	{Message: "Tên sản phẩm chưa đúng với nhãn trên bao bì"},
	{Message: "Chưa có giấy chứng nhận OCOP còn hiệu lực kèm theo"},
	{Message: "Giá bán chưa hợp lý, đề nghị kiểm tra lại"},
	{Message: "Sai ngành hàng, đề nghị chọn lại cho phù hợp"},
}

func (voso) rejection(draw uint64) []Reason {
	return []Reason{vsRejections[draw%uint64(len(vsRejections))]}
}

func (voso) images(content []byte) []string {
	var in struct {
		Images []string `json:"imageIds"`
	}
	_ = json.Unmarshal(content, &in) // our own writing
	return in.Images
}
