package postmart

import "lensan/adapters"

// categories maps the product sets of the OCOP programme to Postmart's leaf
// categories. Set 26 is tourism, which nobody ships.
var categories = map[string]string{
	"01": "2101", // rau, củ, quả tươi
	"02": "2102", // thịt, trứng, thủy sản tươi
	"03": "2103", // gạo, ngũ cốc, hạt
	"04": "2104", // mật ong, mật mía, nông sản khác
	"05": "2201", // đồ ăn nhanh
	"06": "2202", // bún, miến, bánh, bột ngũ cốc
	"07": "2203", // chế biến từ rau, củ, quả, hạt
	"08": "2204", // chế biến từ thịt, trứng, thủy sản
	"09": "2205", // nước mắm, tương
	"10": "2206", // gia vị khác
	"11": "2301", // chè
	"12": "2302", // trà từ thực vật khác
	"13": "2303", // cà phê, ca cao
	"14": "2401", // rượu trắng
	"15": "2402", // đồ uống có cồn khác
	"16": "2403", // nước uống đóng bình
	"17": "2403", // đồ uống không cồn
	"18": "2501", // thực phẩm bảo vệ sức khỏe
	"19": "2502", // mỹ phẩm thảo dược
	"20": "2503", // tinh dầu, dược liệu
	"21": "2601", // thủ công mỹ nghệ, hương
	"22": "2602", // vải, thổ cẩm, may mặc
	"23": "2701", // hoa
	"24": "2701", // cây cảnh
}

// notSold: the category tree has no leaf for live animals.
var notSold = map[string]string{"25": "not_sold.live_animals"}

// reviewFields send a live product back to review.
var reviewFields = []adapters.Field{
	adapters.FieldName, adapters.FieldDescription, adapters.FieldCategory, adapters.FieldImages,
	adapters.FieldAttributes, adapters.FieldOrigin, adapters.FieldOcop,
}
