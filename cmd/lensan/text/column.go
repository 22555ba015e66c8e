package text

import (
	"strings"

	"lensan/store/catalog"
)

// columnWords are what people call the columns of a register.
var columnWords = map[string]Phrase{
	catalog.CellProductCode: {"mã sản phẩm OCOP", "OCOP product code"},
	catalog.CellSKU:         {"mã hàng", "SKU"},
	catalog.CellOldSKU:      {"mã hàng cũ", "old SKU"},
	catalog.CellName:        {"tên sản phẩm", "product name"},
	"sale_name":             {"tên bán trên sàn", "sale name"},
	catalog.CellProducer:    {"chủ thể", "producer"},
	catalog.CellTaxCode:     {"mã số thuế", "tax code"},
	catalog.CellPhone:       {"điện thoại", "telephone"},
	catalog.CellAddress:     {"địa chỉ", "address"},
	catalog.CellCommune:     {"mã xã", "commune code"},
	catalog.CellCommuneName: {"xã/phường", "commune"},
	catalog.CellDistrict:    {"huyện cũ", "former district"},
	catalog.CellProductSet:  {"bộ sản phẩm", "product set"},
	catalog.CellStars:       {"hạng sao", "stars"},
	catalog.CellNumber:      {"số quyết định", "decision number"},
	catalog.CellDecidedOn:   {"ngày quyết định", "decision date"},
	catalog.CellAuthority:   {"cơ quan ban hành", "authority"},
	catalog.CellValidUntil:  {"có giá trị đến", "valid until"},
	catalog.CellNote:        {"ghi chú", "note"},
	catalog.CellUnit:        {"quy cách", "unit"},
	catalog.CellPrice:       {"giá bán", "price"},
	catalog.CellListPrice:   {"giá niêm yết", "list price"},
	catalog.CellStock:       {"tồn kho", "stock"},
	catalog.CellWeight:      {"khối lượng", "weight"},
	catalog.CellDescription: {"mô tả", "description"},
	catalog.CellStory:       {"câu chuyện sản phẩm", "story"},
	catalog.CellImages:      {"ảnh", "pictures"},
	catalog.CellTraceURL:    {"truy xuất nguồn gốc", "trace link"},
	catalog.CellFlagship:    {"sản phẩm mũi nhọn", "flagship"},
	catalog.CellCategory:    {"ngành hàng", "category"},
}

// Columns names columns of a register, as a list.
func Columns(l Lang, fields []string) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = word(l, columnWords, f)
	}
	return strings.Join(names, ", ")
}
