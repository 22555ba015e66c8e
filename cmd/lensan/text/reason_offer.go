package text

import (
	"maps"

	"lensan/store/catalog"
)

// offerReasons say what of an offer or a shop can't go to a marketplace. A code
// is `<field>.<what>`. Most sentences are made from the two tables below, so
// that every pair has one: a marketplace may refuse any field for any cause.
// What needs a sentence of its own stands in ownOfferReasons.
var offerReasons = func() map[string]sentence {
	all := map[string]sentence{}
	for field, f := range offerFieldWords {
		for what, w := range offerFaults {
			all[field+"."+what] = sentence{
				vi: f.vi + " " + w.vi + ".", en: f.en + " " + w.en + ".",
				fixVI: w.fixVI + " " + f.fixVI + "[[ (ô {cell})]].", fixEN: w.fixEN + " " + f.fixEN + "[[ (cell {cell})]].",
				who: f.who,
			}
		}
	}
	maps.Copy(all, ownOfferReasons)
	for name, title := range map[string]string{"postmart": "Postmart", "voso": "Voso"} {
		maps.Copy(all, wireReasons(name, title))
	}
	return all
}()

// offerField are the words of a field: as the subject of a sentence, and as what is to be mended.
type offerField struct {
	vi, en       string
	fixVI, fixEN string
	who          catalog.Who
}

var offerFieldWords = map[string]offerField{
	"name":        {"Tên bán trên sàn", "The selling name", "tên bán trên sàn trong danh sách", "the selling name in the register", catalog.WhoProducer},
	"description": {"Mô tả sản phẩm", "The description", "mô tả sản phẩm trong danh sách", "the description in the register", catalog.WhoProducer},
	"category":    {"Ngành hàng trên sàn", "The marketplace's category", "bộ sản phẩm hoặc ngành hàng riêng của mã hàng", "the product set or the SKU's own category", catalog.WhoOperator},
	"unit":        {"Quy cách", "The unit", "quy cách trong danh sách", "the unit in the register", catalog.WhoProducer},
	"weight":      {"Khối lượng", "The weight", "khối lượng (g) trong danh sách", "the weight (g) in the register", catalog.WhoProducer},
	"images":      {"Ảnh sản phẩm", "A picture", "ảnh sản phẩm", "the pictures", catalog.WhoProducer},
	"origin":      {"Thông tin xuất xứ", "The origin", "chủ thể, xã/phường và đường dẫn truy xuất nguồn gốc", "the producer, commune and traceability link", catalog.WhoCommuneOfficer},
	"ocop":        {"Thông tin công nhận OCOP", "The OCOP recognition", "quyết định công nhận trong danh sách", "the recognition in the register", catalog.WhoCommuneOfficer},
	"attributes":  {"Thuộc tính sản phẩm", "An attribute", "thuộc tính sản phẩm", "the attributes", catalog.WhoOperator},
	"price":       {"Giá bán", "The price", "giá bán trong danh sách", "the price in the register", catalog.WhoProducer},
	"list_price":  {"Giá niêm yết", "The list price", "giá niêm yết trong danh sách", "the list price in the register", catalog.WhoProducer},
	"stock":       {"Số lượng tồn kho", "The stock", "tồn kho trong danh sách", "the stock in the register", catalog.WhoProducer},
	"sku":         {"Mã hàng (SKU)", "The SKU", "mã hàng trong danh sách", "the SKU in the register", catalog.WhoOperator},
	"shop":        {"Gian hàng của chủ thể trên sàn", "The producer's shop on the marketplace", "gian hàng của chủ thể", "the producer's shop", catalog.WhoOperator},
	"phone":       {"Số điện thoại của chủ thể", "The producer's telephone", "số điện thoại của chủ thể", "the producer's telephone", catalog.WhoCommuneOfficer},
	"tax_code":    {"Mã số thuế của chủ thể", "The producer's tax code", "mã số thuế của chủ thể", "the producer's tax code", catalog.WhoCommuneOfficer},
	"commune":     {"Mã xã/phường", "The commune's code", "xã/phường và mã xã trong danh sách", "the commune and its code in the register", catalog.WhoCommuneOfficer},
	"address":     {"Địa chỉ của chủ thể", "The producer's address", "địa chỉ của chủ thể", "the producer's address", catalog.WhoCommuneOfficer},
	"producer":    {"Tên chủ thể", "The producer's name", "chủ thể trong danh sách", "the producer in the register", catalog.WhoCommuneOfficer},
}

// offerFault ends a sentence that a field begins, and begins the one that says
// what to do. What stands in [[ ]] is left out where its argument is not known.
type offerFault struct {
	vi, en       string
	fixVI, fixEN string
}

var offerFaults = map[string]offerFault{
	"missing":      {"còn thiếu", "is missing", "Bổ sung", "Add"},
	"too_short":    {"quá ngắn[[ ({have} ký tự, ít nhất {min})]]", "is too short[[ ({have} characters, at least {min})]]", "Viết dài hơn", "Lengthen"},
	"too_long":     {"quá dài[[ ({have} ký tự, nhiều nhất {max})]]", "is too long[[ ({have} characters, at most {max})]]", "Rút gọn", "Shorten"},
	"out_of_range": {"nằm ngoài mức sàn cho phép[[: {have}]][[ (từ {min} đến {max})]]", "is outside what the marketplace allows[[: {have}]][[ ({min} to {max})]]", "Sửa", "Correct"},
	"bad_format":   {"không đúng dạng[[: {have}]]", "has the wrong form[[: {have}]]", "Sửa", "Correct"},
	"not_allowed":  {"có nội dung sàn không nhận[[: {have}]]", "holds something the marketplace refuses[[: {have}]]", "Sửa", "Correct"},
	"unknown":      {"không có trên sàn[[: {have}]]", "is unknown to the marketplace[[: {have}]]", "Kiểm tra", "Check"},
	"step":         {"không tròn theo bước giá của sàn[[: {have} đồng, bước {step} đồng]]", "is not on the marketplace's price step[[: {have} VND, step {step} VND]]", "Làm tròn", "Round"},
	"contact":      {"có số điện thoại, thư điện tử hoặc đường dẫn, sàn không cho phép[[: {have}]]", "holds a telephone, e-mail address or link, which the marketplace forbids[[: {have}]]", "Bỏ thông tin liên hệ khỏi", "Take contact details out of"},
	"too_many":     {"quá nhiều[[ ({have}, nhiều nhất {max})]]", "has too many entries[[ ({have}, at most {max})]]", "Bớt", "Reduce"},
}

// ownOfferReasons are those that the tables above would say badly.
var ownOfferReasons = map[string]sentence{
	"images.missing":           {vi: "Chưa có ảnh sản phẩm.", en: "There is no picture.", fixVI: "Gửi ít nhất một ảnh chụp rõ sản phẩm[[ và ghi tên ảnh vào ô {cell}]].", fixEN: "Provide at least one clear picture[[ and name it in cell {cell}]].", who: catalog.WhoProducer},
	"images.too_many":          {vi: "Sản phẩm có quá nhiều ảnh[[ ({have}, sàn nhận nhiều nhất {max})]].", en: "There are too many pictures[[ ({have}, the marketplace takes at most {max})]].", fixVI: "Chọn những ảnh tốt nhất[[ ({max} ảnh)]].", fixEN: "Choose the best[[ {max}]].", who: catalog.WhoProducer},
	"images.too_small":         {vi: "Ảnh[[ {name}]] quá nhỏ[[ ({have}, mỗi cạnh ít nhất {min} điểm ảnh)]].", en: "The picture[[ {name}]] is too small[[ ({have}, each side at least {min} pixels)]].", fixVI: "Chụp hoặc gửi lại ảnh gốc lớn hơn.", fixEN: "Provide a larger original.", who: catalog.WhoProducer},
	"images.too_large":         {vi: "Ảnh[[ {name}]] quá lớn[[ ({have}, nhiều nhất {max})]].", en: "The picture[[ {name}]] is too large[[ ({have}, at most {max})]].", fixVI: "Thu nhỏ ảnh rồi nhập lại.", fixEN: "Scale it down and import it again.", who: catalog.WhoProducer},
	"images.bad_format":        {vi: "Ảnh[[ {name}]] không phải dạng mà sàn nhận.", en: "The picture[[ {name}]] is of a type the marketplace does not take.", fixVI: "Lưu ảnh thành JPEG hoặc PNG rồi nhập lại.", fixEN: "Save it as JPEG or PNG and import it again.", who: catalog.WhoProducer},
	"images.unknown":           {vi: "Sàn không còn giữ ảnh đã tải lên.", en: "The marketplace no longer has an uploaded picture.", fixVI: "Không phải làm gì: ảnh sẽ được tải lên lại.", fixEN: "Nothing: it will be uploaded again.", who: catalog.WhoNobody},
	"price.missing":            {vi: "Chưa có giá bán.", en: "There is no price.", fixVI: "Ghi giá bán bằng số[[ vào ô {cell}]].", fixEN: "Write the price as a number[[ in cell {cell}]].", who: catalog.WhoProducer},
	"list_price.below_price":   {vi: "Giá niêm yết[[ {have} đồng]] thấp hơn giá bán[[ {min} đồng]].", en: "The list price[[ {have} VND]] is below the price[[ {min} VND]].", fixVI: "Sửa một trong hai giá[[ (ô {cell})]].", fixEN: "Correct one of the two[[ (cell {cell})]].", who: catalog.WhoProducer},
	"stock.missing":            {vi: "Chưa biết số lượng tồn kho.", en: "The stock is unknown.", fixVI: "Ghi số lượng có thể bán[[ vào ô {cell}]]; hết hàng thì ghi 0.", fixEN: "Write how many can be sold[[ in cell {cell}]]; 0 when sold out.", who: catalog.WhoProducer},
	"weight.missing":           {vi: "Chưa có khối lượng để tính phí vận chuyển.", en: "The weight, needed for shipping, is missing.", fixVI: "Ghi khối lượng cả bao bì, tính bằng gam[[, vào ô {cell}]].", fixEN: "Write the weight with packaging, in grams[[, in cell {cell}]].", who: catalog.WhoProducer},
	"category.missing":         {vi: "Bộ sản phẩm[[ {have}]] không có ngành hàng tương ứng trên sàn.", en: "The product set[[ {have}]] has no category on the marketplace.", fixVI: "Kiểm tra cột bộ sản phẩm (01 đến 26) hoặc chọn ngành hàng riêng cho mã hàng.", fixEN: "Check the product set (01 to 26), or choose a category for the SKU.", who: catalog.WhoOperator},
	"origin.link_bad_format":   {vi: "Đường dẫn truy xuất nguồn gốc không đúng dạng.", en: "The traceability link has the wrong form.", fixVI: "Ghi đủ đường dẫn, bắt đầu bằng https://[[ (ô {cell})]].", fixEN: "Write the whole link, beginning with https://[[ (cell {cell})]].", who: catalog.WhoProducer},
	"ocop.decision_missing":    {vi: "Chưa có số quyết định công nhận.", en: "The number of the recognition's decision is missing.", fixVI: "Bổ sung số quyết định vào danh sách.", fixEN: "Add the decision's number to the register.", who: catalog.WhoCommuneOfficer},
	"ocop.decision_too_long":   {vi: "Số quyết định công nhận quá dài[[ ({have} ký tự, nhiều nhất {max})]].", en: "The decision's number is too long[[ ({have} characters, at most {max})]].", fixVI: "Chỉ ghi số quyết định, ví dụ 2345/QĐ-UBND.", fixEN: "Write the number alone, for example 2345/QĐ-UBND.", who: catalog.WhoCommuneOfficer},
	"ocop.date_missing":        {vi: "Chưa có ngày của quyết định công nhận.", en: "The date of the recognition's decision is missing.", fixVI: "Bổ sung ngày quyết định vào danh sách.", fixEN: "Add the decision's date to the register.", who: catalog.WhoCommuneOfficer},
	"ocop.date_bad_format":     {vi: "Ngày của quyết định công nhận không đúng.", en: "The date of the recognition's decision is wrong.", fixVI: "Sửa ngày quyết định trong danh sách (ngày/tháng/năm).", fixEN: "Correct the decision's date in the register.", who: catalog.WhoCommuneOfficer},
	"ocop.validity_missing":    {vi: "Chưa rõ công nhận có giá trị đến ngày nào.", en: "It is not known until when the recognition is valid.", fixVI: "Bổ sung ngày hết hiệu lực hoặc ngày quyết định.", fixEN: "Add the last valid day or the decision's date.", who: catalog.WhoCommuneOfficer},
	"ocop.validity_bad_format": {vi: "Ngày hết hiệu lực của công nhận không đúng.", en: "The recognition's last valid day is wrong.", fixVI: "Sửa ngày hết hiệu lực trong danh sách (ngày/tháng/năm).", fixEN: "Correct the last valid day in the register.", who: catalog.WhoCommuneOfficer},
	"ocop.expired":             {vi: "Công nhận OCOP đã hết hiệu lực[[ ngày {valid_until}]].", en: "The OCOP recognition has ended[[ on {valid_until}]].", fixVI: "Làm hồ sơ đánh giá, công nhận lại.", fixEN: "Apply for a new recognition.", who: catalog.WhoProducer},
	"ocop.stars_out_of_range":  {vi: "Hạng sao[[ {have}]] không nằm trong mức sàn nhận[[ (từ {min} đến {max} sao)]].", en: "The rating[[ {have}]] is not one the marketplace takes[[ ({min} to {max} stars)]].", fixVI: "Kiểm tra hạng sao trong danh sách.", fixEN: "Check the stars in the register.", who: catalog.WhoCommuneOfficer},
	"producer.missing":         {vi: "Chưa biết chủ thể của sản phẩm.", en: "The product's producer is not known.", fixVI: "Bổ sung tên chủ thể vào danh sách.", fixEN: "Add the producer to the register.", who: catalog.WhoCommuneOfficer},
}

// wireReasons are the failures that adapters/rest names itself, the same for
// every marketplace that is called over HTTP.
func wireReasons(name, title string) map[string]sentence {
	wait := func(vi, en string) sentence {
		return sentence{vi: vi, en: en, fixVI: "Không phải làm gì: hệ thống tự thử lại.", fixEN: "Nothing: it is tried again by itself.", who: catalog.WhoNobody}
	}
	admin := func(vi, en, fixVI, fixEN string) sentence {
		return sentence{vi: vi, en: en, fixVI: fixVI, fixEN: fixEN, who: catalog.WhoAdministrator}
	}
	return map[string]sentence{
		name + ".tls":            admin("Chứng chỉ bảo mật của "+title+" không hợp lệ.", "The TLS certificate of "+title+" is not valid.", "Kiểm tra địa chỉ của sàn, đồng hồ máy và chứng chỉ gốc.", "Check the base URL, the machine's clock and its root certificates."),
		name + ".dial":           wait("Không kết nối được tới "+title+".", title+" can't be reached."),
		name + ".timeout":        wait(title+" không trả lời kịp.", title+" did not answer in time."),
		name + ".cut":            wait("Kết nối tới "+title+" bị ngắt giữa chừng.", "The connection to "+title+" ended early."),
		name + ".html":           wait(title+" đang hiện trang thông báo thay cho dữ liệu, thường là bảo trì.", title+" shows a page instead of data, mostly for maintenance."),
		name + ".gateway":        wait(title+" đang gặp sự cố.", title+" has a fault."),
		name + ".not_json":       wait("Câu trả lời của "+title+" không đọc được.", "The answer of "+title+" can't be read."),
		name + ".not_contract":   admin("Câu trả lời của "+title+" không đúng thỏa thuận kết nối.", "The answer of "+title+" is not what the contract says.", "Nếu kéo dài, kiểm tra địa chỉ của sàn và báo người phát triển.", "If it lasts, check the base URL and tell the developers."),
		name + ".body_too_large": admin("Dữ liệu trao đổi với "+title+" lớn quá mức.", "What is exchanged with "+title+" is larger than agreed.", "Kiểm tra địa chỉ của sàn và báo người phát triển.", "Check the base URL and tell the developers."),
		name + ".redirect":       admin(title+" chuyển hướng sang địa chỉ khác.", title+" redirects elsewhere.", "Sửa địa chỉ của sàn trong cấu hình.", "Correct the base URL in the configuration."),
		name + ".dry_run":        {vi: "Đang chạy thử: không gửi thay đổi nào lên " + title + ".", en: "A dry run sends no change to " + title + ".", fixVI: "Chạy thật khi đã xem xong.", fixEN: "Run it for real when you have looked.", who: catalog.WhoOperator},
		name + ".token_store":    wait("Chưa lấy được phiên đăng nhập dùng chung cho "+title+".", "The shared sign-in of "+title+" can't be read."),
		name + ".budget":         wait("Chưa lấy được lượt gọi "+title+".", "No slot for calling "+title+" can be had."),
		name + ".bad_request":    admin("Không tạo được lời gọi tới "+title+".", "A request to "+title+" could not be made.", "Báo người phát triển.", "Tell the developers."),
	}
}
