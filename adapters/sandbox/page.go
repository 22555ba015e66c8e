package sandbox

import (
	"html/template"
	"net/http"
)

// productPath is where a product's page is found.
const productPath = "/san-pham/"

// labelled marks every answer as the sandbox's.
func labelled(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(Banner, "SANDBOX")
		h.ServeHTTP(w, r)
	})
}

var pageTemplate = template.Must(template.New("page").Parse(`<!DOCTYPE html>
<html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>SANDBOX · {{.Market}}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:0 auto;padding:0 1rem 3rem;color:#1c1c1c;background:#fff}
.band{background:#b45309;color:#fff;margin:0 -1rem 1.5rem;padding:.6rem 1rem;font-weight:600}
dt{color:#555;margin-top:.6rem}dd{margin:0}table{border-collapse:collapse}td,th{padding:.2rem .8rem .2rem 0;text-align:left}</style></head>
<body><div class="band">MÔI TRƯỜNG THỬ · SANDBOX</div>
{{if .Product}}{{with .Product}}<h1>{{.Name}}</h1>
<p>Đây không phải sản phẩm thật, không mua được. <span lang="en">This is not a real product and can't be bought.</span></p>
<dl><dt>Mã hàng · SKU</dt><dd>{{or .SKU "—"}}</dd><dt>Trạng thái · Status</dt><dd>{{.Status}}</dd>
<dt>Giá · Price</dt><dd>{{.Price}} đ</dd><dt>Tồn kho · Stock</dt><dd>{{.Stock}}</dd>
<dt>Gian hàng · Shop</dt><dd>{{.Shop}}</dd></dl>{{end}}
{{else}}<h1>{{.Market}}</h1>
<p>Sàn mô phỏng của Lên Sàn, dùng để chạy thử. Không có sản phẩm nào ở đây được bán thật.</p>
<p lang="en">A simulated marketplace for trying Lên Sàn out. Nothing here is on sale.</p>
<table><tr><th>Trạng thái · Status</th><th>Sản phẩm · Products</th></tr>
{{range .Counts}}<tr><td>{{.Status}}</td><td>{{.N}}</td></tr>{{end}}</table>{{end}}
</body></html>
`))

type pageCount struct {
	Status string
	N      int
}

type pageData struct {
	Market  string
	Product *ProductView
	Counts  []pageCount
}

// pages adds what people look at: the index, and a page for each product.
// Everything else is not found.
func (m *market) pages(mux *http.ServeMux, notFound func(http.ResponseWriter)) {
	title := map[string]string{Postmart: "Postmart (Buudien.vn)", Voso: "Voso"}[m.name]
	show := func(w http.ResponseWriter, data pageData) {
		data.Market = title
		w.Header().Set("Content-Type", pageHTML)
		_ = pageTemplate.Execute(w, data) // the reader has gone
	}
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		counts, _ := m.sb.Counts(m.name)
		var data pageData
		for _, s := range []status{live, pending, rejected, closed, locked} {
			if word := m.rules.word(s); counts[word] > 0 {
				data.Counts = append(data.Counts, pageCount{word, counts[word]})
			}
		}
		show(w, data)
	})
	mux.HandleFunc("GET "+productPath+"{id}", func(w http.ResponseWriter, r *http.Request) {
		p, err := m.sb.Product(m.name, r.PathValue("id"))
		if err != nil {
			http.Error(w, "SANDBOX: không tìm thấy sản phẩm · no such product", http.StatusNotFound)
			return
		}
		show(w, pageData{Product: &p})
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { notFound(w) })
}
