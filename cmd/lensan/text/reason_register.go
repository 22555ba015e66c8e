package text

import "lensan/store/catalog"

// registerReasons are what an import says of cells, rows, pictures and whole
// files.
var registerReasons = map[string]sentence{
	"cell.error": {
		"Ô là lỗi công thức của bảng tính.", "The cell is a formula error of the spreadsheet.",
		"Sửa công thức, hoặc ghi giá trị vào ô.", "Mend the formula, or write the value into the cell.", catalog.WhoOperator},
	"cell.scientific": {
		"Bảng tính đã đổi dãy số sang dạng rút gọn (1,2E+12) nên mất chữ số.", "The spreadsheet has shortened the number (1,2E+12), so that digits are lost.",
		"Đặt định dạng ô là Văn bản (Text) rồi ghi lại đủ các chữ số.", "Format the cell as Text and write all digits again.", catalog.WhoOperator},

	"text.old_font": {
		"Chữ trong ô gõ bằng phông cũ[[ {font}]], không phải Unicode[[; có lẽ là “{means}”]]. Ô này không được nhận.", "The cell is written in the old font[[ {font}]], not in Unicode[[; it seems to say “{means}”]]. It was not taken.",
		"Chuyển cả tệp sang Unicode, ví dụ bằng UniKey: chọn cột, sao chép, bấm Ctrl+Shift+F6, nguồn là bảng mã cũ ấy, đích là Unicode, dán lại; rồi đổi phông thành Times New Roman và nạp lại.", "Convert the whole file to Unicode, for example with UniKey (Ctrl+Shift+F6, from that font to Unicode), and import it again.", catalog.WhoOperator},
	"text.mojibake": {
		"Chữ trong ô bị vỡ mã[[; có lẽ là “{means}”]]. Ô này không được nhận.", "The cell's encoding is broken[[; it seems to say “{means}”]]. It was not taken.",
		"Mở lại tệp gốc và xuất bảng lần nữa với mã UTF-8, rồi nạp lại.", "Export the table again from its source as UTF-8 and import that.", catalog.WhoOperator},
	"text.lost_letters": {
		"Chữ có dấu trong ô đã mất, chỉ còn dấu hỏi. Ô này không được nhận.", "Letters with accents are lost from the cell: question marks stand for them. It was not taken.",
		"Lấy lại tệp gốc (lưu dạng .xlsx, hoặc CSV UTF-8), hoặc gõ lại ô này.", "Take the original file (saved as .xlsx, or CSV in UTF-8), or type the cell again.", catalog.WhoOperator},

	"code.missing": {
		"Dòng không có mã sản phẩm OCOP nên không được nhận.", "The row has no OCOP product code and was left out.",
		"Ghi mã sản phẩm, ví dụ 40-430-17950-3-2025.", "Write the product code, for example 40-430-17950-3-2025.", catalog.WhoOperator},
	"code.bad_format": {
		"Mã sản phẩm OCOP không đúng dạng nên dòng không được nhận.", "The OCOP product code is malformed and the row was left out.",
		"Ghi mã theo dạng tỉnh-huyện-xã-số thứ tự-năm, ví dụ 40-430-17950-3-2025.", "Write the code as on the certificate, for example 40-430-17950-3-2025.", catalog.WhoOperator},

	"code.twice": {
		"Mã sản phẩm này đã ở dòng trên với tên hoặc chủ thể khác[[: “{other}”]]. Tên và chủ thể ở dòng này không được nhận.", "An earlier row gives this product code to another name or producer[[: “{other}”]]. This row's name and producer were not taken.",
		"Hai sản phẩm thì ghi hai mã; một sản phẩm thì ghi giống nhau.", "Give two products two codes; write one product alike in both rows.", catalog.WhoOperator},

	"sku.missing": {
		"Dòng không có mã hàng (SKU) nên không được nhận.", "The row has no SKU and was left out.",
		"Ghi mã hàng cho dòng này.", "Write a SKU into the row.", catalog.WhoOperator},
	"sku.bad_format": {
		"Mã hàng dài quá 64 ký tự hoặc có ký tự lạ nên dòng không được nhận.", "The SKU is longer than 64 characters or holds odd ones, and the row was left out.",
		"Đặt mã hàng ngắn, chỉ gồm chữ, số, dấu chấm và gạch.", "Give a short SKU of letters, digits, dots and dashes.", catalog.WhoOperator},
	"sku.twice": {
		"Mã hàng đã có ở dòng khác của bảng này; dòng sau không được nhận.", "The SKU stands in another row of this sheet; the later row was left out.",
		"Giữ một dòng, hoặc đặt mã hàng khác cho dòng này.", "Keep one row, or give this one another SKU.", catalog.WhoOperator},
	"sku.product_missing": {
		"Mã hàng mới mà không có mã sản phẩm OCOP nên dòng không được nhận.", "The SKU is new and has no OCOP product code; the row was left out.",
		"Ghi mã sản phẩm OCOP của mã hàng này.", "Write the SKU's OCOP product code.", catalog.WhoOperator},
	"sku.product_unknown": {
		"Mã sản phẩm OCOP này không có trong danh sách sản phẩm.", "No product of this OCOP code is in the register.",
		"Sửa mã sản phẩm, hoặc thêm sản phẩm vào danh sách.", "Mend the product code, or add the product to the register.", catalog.WhoOperator},
	"sku.lost_zeros": {
		"Mã hàng có vẻ đã mất số 0 ở đầu: đã có mã {known}. Dòng không được nhận.", "The SKU seems to have lost its leading zeros: {known} is known. The row was left out.",
		"Đặt định dạng cột mã hàng là Văn bản (Text) và ghi lại đủ số 0; nếu đúng là mã khác, đặt tên khác hẳn.", "Format the column as Text and write the zeros again; if it is another SKU, give it a name that differs.", catalog.WhoOperator},
	"sku.renamed": {
		"Mã hàng này đã đổi thành {to}; dòng theo mã cũ không được nhận.", "This SKU is now called {to}; the row under the old one was left out.",
		"Dùng mã {to} trong tệp.", "Use {to} in the file.", catalog.WhoOperator},
	"sku.rename_taken": {
		"Không đổi mã từ {old} được: mã mới đã có tin đăng riêng trên sàn. Dòng không được nhận.", "It can't be renamed from {old}: the new SKU has a listing of its own. The row was left out.",
		"Bỏ cột “Mã hàng cũ” ở dòng này, hoặc chọn mã mới khác.", "Clear “Mã hàng cũ” in this row, or choose another new SKU.", catalog.WhoOperator},
	"sku.rename_busy": {
		"Chưa đổi mã từ {old} được vì đang có thay đổi gửi lên sàn. Dòng không được nhận.", "It can't be renamed from {old} yet: a change is under way on a marketplace. The row was left out.",
		"Nạp lại tệp này sau ít phút.", "Import the file again in some minutes.", catalog.WhoOperator},

	"star.not_stated": {
		"Danh sách không nêu hạng sao.", "The register does not state the stars.",
		"Ghi hạng sao theo quyết định công nhận: 3, 4 hoặc 5.", "Write the stars of the decision: 3, 4 or 5.", catalog.WhoOperator},
	"star.proposed": {
		"Ô nói về hạng sao mới được đề xuất, chưa phải hạng đã công nhận.", "The cell speaks of stars that are proposed, not awarded.",
		"Chỉ ghi hạng sao trong quyết định công nhận.", "Write only the stars of the decision.", catalog.WhoOperator},
	"star.potential": {
		"“Tiềm năng” chưa phải là hạng sao đã công nhận.", "“Tiềm năng” (potential) is no award.",
		"Ghi hạng sao trong quyết định công nhận; chưa có quyết định thì để trống.", "Write the stars of the decision; leave it empty while there is none.", catalog.WhoOperator},
	"star.hotel": {
		"Ô nói về hạng sao khách sạn, không phải hạng sao OCOP.", "The cell speaks of a hotel's stars, not of OCOP stars.",
		"Ghi hạng sao OCOP trong quyết định công nhận.", "Write the OCOP stars of the decision.", catalog.WhoOperator},
	"star.several_numbers": {
		"Ô hạng sao có nhiều con số.", "The star cell holds several numbers.",
		"Mỗi sản phẩm một dòng, mỗi dòng một hạng sao.", "One product a row, one number of stars a row.", catalog.WhoOperator},
	"star.out_of_range": {
		"Hạng sao phải từ 1 đến 5.", "Stars go from 1 to 5.",
		"Ghi lại hạng sao theo quyết định công nhận.", "Write the stars of the decision.", catalog.WhoOperator},
	"star.unreadable": {
		"Không hiểu hạng sao.", "The stars can't be read.",
		"Ghi một con số: 3, 4 hoặc 5.", "Write one number: 3, 4 or 5.", catalog.WhoOperator},
	"star.contradicts": {
		"Cùng một quyết định mà hai dòng ghi hạng sao khác nhau; dòng sau không được tính.", "Two rows give one decision different stars; the later one does not count.",
		"Kiểm tra quyết định, sửa dòng sai.", "Look at the decision and mend the wrong row.", catalog.WhoOperator},

	"authority.not_ministry": {
		"5 sao phải do Bộ công nhận; cơ quan ghi trong ô không phải. Sản phẩm vẫn được tính.", "5 stars are the ministry's to award; the cell names another. The product still counts.",
		"Kiểm tra hạng sao và cơ quan ban hành theo quyết định.", "Check the stars and the authority against the decision.", catalog.WhoOperator},
	"authority.not_province": {
		"{stars} sao phải do UBND tỉnh công nhận; cơ quan ghi trong ô không phải. Sản phẩm vẫn được tính.", "{stars} stars were the province's to award; the cell names another. The product still counts.",
		"Kiểm tra hạng sao, ngày và cơ quan ban hành theo quyết định.", "Check the stars, the day and the authority against the decision.", catalog.WhoOperator},
	"authority.not_district": {
		"3 sao từ 24/2/2023 đến 30/6/2025 do cấp huyện công nhận; cơ quan ghi trong ô không phải. Sản phẩm vẫn được tính.", "3 stars from 24/2/2023 to 30/6/2025 were awarded by the districts of that time; the cell names another. The product still counts.",
		"Kiểm tra ngày và cơ quan ban hành theo quyết định.", "Check the day and the authority against the decision.", catalog.WhoOperator},
	"revocation.proposed": {
		"Ghi chú nói đến thu hồi nhưng chưa phải đã thu hồi.", "The note speaks of a revocation that has not happened.",
		"Có quyết định thu hồi thì ghi “Đã thu hồi”; không thì bỏ chữ “thu hồi”.", "Write “Đã thu hồi” once it is decided; else take “thu hồi” out of the note.", catalog.WhoOperator},

	"date.term": {
		"Ô ghi thời hạn khác 36 tháng, không phải ngày hết giá trị.", "The cell states a term other than 36 months, not the last valid day.",
		"Ghi ngày hết giá trị theo quyết định, ví dụ 24/11/2026.", "Write the last valid day of the decision, for example 24/11/2026.", catalog.WhoOperator},
	"date.unknown_form": {
		"Không hiểu dạng ngày.", "The form of the date is not known.",
		"Ghi ngày/tháng/năm đủ bốn chữ số năm, ví dụ 24/11/2026.", "Write day/month/year with four digits, for example 24/11/2026.", catalog.WhoOperator},
	"date.no_such_day": {
		"Không có ngày này trong lịch.", "There is no such day.",
		"Ghi lại theo quyết định: ngày/tháng/năm.", "Write it as in the decision: day/month/year.", catalog.WhoOperator},
	"date.too_long": {
		"Ngày hết giá trị cách ngày quyết định[[ ({decided})]] quá xa: công nhận có giá trị 36 tháng. Ô này không được nhận.", "The last valid day lies too far from the decision[[ ({decided})]]: a recognition is valid for 36 months. The cell was not taken.",
		"Kiểm tra năm của hai ngày theo quyết định.", "Check the years of both days against the decision.", catalog.WhoOperator},
	"date.before_decision": {
		"Ngày hết giá trị đứng trước ngày quyết định ({decided}).", "The last valid day lies before the decision ({decided}).",
		"Kiểm tra hai ngày theo quyết định.", "Check both days against the decision.", catalog.WhoOperator},

	"set.unknown": {
		"Bộ sản phẩm phải từ 01 đến 26.", "The product set goes from 01 to 26.",
		"Ghi số của bộ sản phẩm.", "Write the number of the product set.", catalog.WhoOperator},
	"commune.bad_code": {
		"Mã xã phải đủ năm chữ số.", "A commune's code has five digits.",
		"Ghi mã xã theo danh mục từ 1/7/2025.", "Write the code of the list since 1/7/2025.", catalog.WhoOperator},
	"commune.unknown_code": {
		"Mã xã này không có trong danh mục xã đã nạp. Ô này không được nhận.", "The table of communes has no such code. The cell was not taken.",
		"Sửa mã xã theo danh mục từ 1/7/2025; nếu mã đúng, nạp danh mục xã của tỉnh (tệp dia-ban.csv) rồi nạp lại danh sách.", "Mend the code by the list since 1/7/2025; if it is right, import the province's table of communes (dia-ban.csv), then the register again.", catalog.WhoOperator},
	"commune.unknown_name": {
		"Tên xã này không có trong danh mục xã đã nạp, có thể là tên trước 1/7/2025. Ô này không được nhận.", "The table of communes has no such name; it may be one from before 1/7/2025. The cell was not taken.",
		"Ghi tên xã/phường từ 1/7/2025, hoặc mã xã năm chữ số; nếu tên đúng, nạp danh mục xã của tỉnh (tệp dia-ban.csv).", "Write the name since 1/7/2025, or the code of five digits; if the name is right, import the province's table of communes (dia-ban.csv).", catalog.WhoOperator},
	"commune.several": {
		"Có nhiều xã cùng tên này; chưa rõ là xã nào. Ô này không được nhận.", "Several communes have this name. The cell was not taken.",
		"Ghi thêm mã xã năm chữ số, hoặc tên huyện cũ.", "Add the commune's code of five digits, or the former district.", catalog.WhoOperator},
	"commune.mismatch": {
		"Mã xã và tên xã là hai nơi khác nhau[[: mã {code} là {commune}]]. Cả hai ô không được nhận.", "The code and the name are two communes[[: {code} is {commune}]]. Neither cell was taken.",
		"Kiểm tra xã của sản phẩm, sửa mã hoặc tên.", "Find out the product's commune; mend the code or the name.", catalog.WhoOperator},
	"district.mismatch": {
		"Huyện cũ không đúng với xã[[: {commune} thuộc {district}]]. Theo danh mục xã.", "The former district is not the commune's[[: {commune} lay in {district}]]. The table of communes was followed.",
		"Sửa tên huyện cũ, hoặc xem lại mã xã.", "Mend the former district, or look at the commune's code again.", catalog.WhoOperator},
	"tax_code.bad_format": {
		"Mã số thuế phải có 10 chữ số (chi nhánh: 10 số, gạch, 3 số) hoặc 12 chữ số.", "A tax code has 10 digits (a branch: 10, a dash, 3) or 12.",
		"Ghi lại mã số thuế.", "Write the tax code again.", catalog.WhoCommuneOfficer},
	"tax_code.lost_zero": {
		"Mã số thuế có 9 chữ số: có vẻ mất số 0 ở đầu.", "The tax code has 9 digits: its leading zero seems lost.",
		"Đặt định dạng ô là Văn bản (Text) và ghi lại đủ 10 chữ số.", "Format the cell as Text and write all 10 digits.", catalog.WhoCommuneOfficer},
	"phone.bad_format": {
		"Số điện thoại không đúng dạng.", "The telephone number is malformed.",
		"Ghi một số, bắt đầu bằng 0, ví dụ 0983478741.", "Write one number that begins with 0, for example 0983478741.", catalog.WhoCommuneOfficer},
	"phone.lost_zero": {
		"Số điện thoại có 9 chữ số: có vẻ mất số 0 ở đầu.", "The number has 9 digits: its leading zero seems lost.",
		"Đặt định dạng ô là Văn bản (Text) và ghi lại đủ chữ số.", "Format the cell as Text and write all digits.", catalog.WhoCommuneOfficer},
	"phone.several_numbers": {
		"Ô có nhiều số điện thoại.", "The cell holds several telephone numbers.",
		"Giữ một số.", "Keep one of them.", catalog.WhoCommuneOfficer},
	"producer.tax_conflict": {
		"Chủ thể “{producer}” ở xã này đã có mã số thuế khác; được coi là chủ thể khác.", "“{producer}” of this commune is known under another tax code; it was taken for another producer.",
		"Sửa mã số thuế, hoặc gộp hai chủ thể: lensan producers merge.", "Mend the tax code, or merge the two: lensan producers merge.", catalog.WhoOperator},
	"producer.ambiguous": {
		"Có nhiều chủ thể tên “{producer}” ở xã này mà dòng không ghi mã số thuế.", "There are several “{producer}” in this commune and the row has no tax code.",
		"Ghi mã số thuế, hoặc gộp các chủ thể: lensan producers merge.", "Write the tax code, or merge them: lensan producers merge.", catalog.WhoOperator},

	"price.contact_us": {
		"“Liên hệ” không phải là giá.", "“Liên hệ” (contact us) is no price.",
		"Ghi giá bán bằng đồng, ví dụ 85.000.", "Write a price in đồng, for example 85.000.", catalog.WhoProducer},
	"price.comma": {
		"Giá có dấu phẩy: không rõ là phần nghìn hay phần lẻ.", "The price has a comma: thousands or decimals can't be told.",
		"Ghi số nguyên, hoặc dùng dấu chấm cho phần nghìn: 50.000.", "Write a whole number, or dots for thousands: 50.000.", catalog.WhoProducer},
	"price.decimals": {
		"Giá có phần lẻ sau dấu chấm: không rõ là bao nhiêu đồng.", "The price has decimals: how many đồng it means can't be told.",
		"Ghi đủ số đồng, ví dụ 50.000 hoặc 50000.", "Write all digits, for example 50.000 or 50000.", catalog.WhoProducer},
	"price.per_unit": {
		"Giá ghi theo đơn vị (đồng/kg, đồng/hộp): chưa rõ giá của mã hàng này.", "The price is by a unit (đồng/kg, đồng/box): the price of this SKU can't be told.",
		"Ghi giá bán của đúng mã hàng này bằng đồng, chỉ có số: 85.000.", "Write the price of this very SKU in đồng, digits only: 85.000.", catalog.WhoProducer},
	"price.short": {
		"Giá viết tắt bằng “k”, “nghìn” hay “triệu”.", "The price is shortened with “k”, “nghìn” or “triệu”.",
		"Ghi đủ số đồng, ví dụ 85.000.", "Write all digits, for example 85.000.", catalog.WhoProducer},
	"price.several_numbers": {
		"Ô giá có nhiều con số.", "The price cell holds several numbers.",
		"Mỗi mã hàng một giá; giá khác nhau thì tách thành nhiều mã hàng.", "One price for each SKU; make several SKUs of several prices.", catalog.WhoProducer},
	"price.not_positive": {
		"Giá phải lớn hơn 0.", "A price is above 0.",
		"Ghi giá bán, hoặc để trống khi chưa có.", "Write the price, or leave it empty while there is none.", catalog.WhoProducer},
	"price.too_small": {
		"Giá dưới 1.000 đ: có vẻ ghi theo nghìn đồng, hoặc bảng tính đã đổi số.", "The price is below 1.000 đ: it seems written in thousands, or changed by the spreadsheet.",
		"Ghi đủ số đồng, ví dụ 85.000.", "Write all digits, for example 85.000.", catalog.WhoProducer},
	"price.too_large": {
		"Giá lớn khác thường.", "The price is too large to be one.",
		"Kiểm tra lại số đồng.", "Check the digits.", catalog.WhoProducer},
	"price.unreadable": {
		"Không hiểu giá.", "The price can't be read.",
		"Ghi số đồng, ví dụ 85.000.", "Write it in đồng, for example 85.000.", catalog.WhoProducer},

	"stock.negative": {
		"Tồn kho không thể âm.", "Stock can't be negative.",
		"Ghi số lượng còn, hết hàng thì ghi 0.", "Write what is left, 0 when there is none.", catalog.WhoProducer},
	"stock.unreadable": {
		"Không hiểu tồn kho.", "The stock can't be read.",
		"Ghi một số nguyên; hết hàng thì ghi 0, chưa rõ thì để trống.", "Write a whole number; 0 when there is none, empty when not known.", catalog.WhoProducer},
	"stock.too_large": {
		"Tồn kho lớn khác thường.", "The stock is too large to be one.",
		"Kiểm tra lại số lượng, xem có nhầm cột không.", "Check the number, and whether it is in the right column.", catalog.WhoProducer},
	"weight.unreadable": {
		"Không hiểu khối lượng.", "The weight can't be read.",
		"Ghi số gam, ví dụ 500.", "Write grams, for example 500.", catalog.WhoProducer},
	"weight.not_positive": {
		"Khối lượng phải lớn hơn 0.", "A weight is above 0.",
		"Ghi khối lượng vận chuyển bằng gam.", "Write the shipping weight in grams.", catalog.WhoProducer},
	"weight.too_large": {
		"Khối lượng lớn khác thường.", "The weight is too large to be one.",
		"Ghi khối lượng bằng gam, không phải ki-lô-gam hay tấn.", "Write it in grams.", catalog.WhoProducer},
	"flag.unreadable": {
		"Không hiểu ô có/không.", "The cell is neither yes nor no.",
		"Ghi x nếu có, để trống nếu không.", "Write x for yes, leave it empty for no.", catalog.WhoOperator},
	"url.bad_format": {
		"Không phải địa chỉ trang web.", "It is no web address.",
		"Ghi địa chỉ bắt đầu bằng https://.", "Write an address that begins with https://.", catalog.WhoProducer},

	"image.missing": {
		"Không tìm thấy tệp ảnh.", "The picture's file was not found.",
		"Gửi tệp ảnh đúng tên, hoặc sửa tên trong ô.", "Send the file under that name, or mend the name in the cell.", catalog.WhoProducer},
	"image.several_files": {
		"Có nhiều tệp ảnh khác nhau cùng tên này[[: {files}]].", "Several different files have this name[[: {files}]].",
		"Đổi tên cho khác nhau, hoặc ghi cả thư mục trong ô, ví dụ HTX-A/1.jpg.", "Give them different names, or write the folder into the cell, as in HTX-A/1.jpg.", catalog.WhoProducer},
	"image.heic": {
		"Ảnh dạng HEIC hoặc AVIF (ảnh chụp bằng iPhone), sàn không nhận.", "The picture is HEIC or AVIF (as iPhones take them); the marketplaces don't take it.",
		"Lưu ảnh thành JPEG rồi gửi lại; trên iPhone: Cài đặt › Camera › Định dạng › Tương thích nhất.", "Save it as JPEG and send it again; on an iPhone: Settings › Camera › Formats › Most Compatible.", catalog.WhoProducer},
	"image.unreadable": {
		"Tệp ảnh hỏng hoặc không phải JPEG, PNG, WebP.", "The file is damaged or no JPEG, PNG or WebP.",
		"Gửi lại ảnh dạng JPEG hoặc PNG.", "Send the picture as JPEG or PNG.", catalog.WhoProducer},
	"image.too_small": {
		"Ảnh nhỏ quá[[ ({have})]][[; mỗi cạnh cần ít nhất {min} điểm ảnh]].", "The picture is too small[[ ({have})]][[; each side needs at least {min} pixels]].",
		"Chụp hoặc gửi ảnh lớn hơn.", "Send a larger picture.", catalog.WhoProducer},
	"image.too_narrow": {
		"Ảnh dài và hẹp quá[[ ({have})]].", "The picture is too long and narrow[[ ({have})]].",
		"Cắt ảnh gần vuông hơn.", "Crop it nearer to a square.", catalog.WhoProducer},
	"image.too_large": {
		"Tệp ảnh lớn quá.", "The picture's file is too large.",
		"Gửi ảnh nhỏ hơn 64 MB.", "Send a picture below 64 MB.", catalog.WhoProducer},
	"image.too_many_pixels": {
		"Ảnh có quá nhiều điểm ảnh[[ ({have})]].", "The picture has too many pixels[[ ({have})]].",
		"Thu nhỏ ảnh, mỗi cạnh không quá 4000 điểm ảnh.", "Scale it down to sides of at most 4000 pixels.", catalog.WhoProducer},

	"import.fewer_rows": {
		"Danh sách chỉ có {have} dòng, lần trước có {last}.", "The register has {have} rows; the last one had {last}.",
		"Kiểm tra tệp có đủ không; nếu cố ý gửi một phần, nạp với --partial.", "See whether the file is whole; for a part on purpose, import with --partial.", catalog.WhoOperator},
	"import.fewer_three_stars": {
		"Danh sách chỉ có {have} sản phẩm từ 3 sao, lần trước có {last}.", "The register has {have} products of 3 stars or better; the last one had {last}.",
		"Kiểm tra cột hạng sao và số dòng của tệp.", "Check the star column and the rows of the file.", catalog.WhoOperator},
	"import.loses": {
		"{n} trong {of} sản phẩm đã biết sẽ mất hạng sao, bị thu hồi hoặc vắng mặt.", "{n} of {of} known products would lose their stars, be revoked or be missing.",
		"Xem các sản phẩm dưới đây; đúng thì xác nhận.", "Look at the products below; confirm if it is right.", catalog.WhoOperator},
	"import.prices": {
		"{n} trong {of} giá đã biết giảm quá nửa hoặc tăng từ 10 lần.", "{n} of {of} known prices would fall by more than half or grow tenfold.",
		"Kiểm tra cột giá; đúng thì xác nhận.", "Check the price column; confirm if it is right.", catalog.WhoOperator},
	"import.changes": {
		"{n} trong {of} sản phẩm đã biết sẽ đổi tên, chủ thể, xã, bộ sản phẩm hoặc mô tả.", "{n} of {of} known products would change their name, producer, commune, set or description.",
		"Xem cột có bị lệch không; đúng thì xác nhận.", "See whether a column has shifted; confirm if it is right.", catalog.WhoOperator},
	"import.blanks": {
		"{n} trong {of} sản phẩm đã biết sẽ bị xóa trống thông tin.", "{n} of {of} known products would lose what is known of them.",
		"Kiểm tra các cột trống; đúng thì xác nhận.", "Check the empty columns; confirm if it is right.", catalog.WhoOperator},
	"import.canary_missing": {
		"Danh sách thiếu sản phẩm mốc {product}.", "The register lacks the canary {product}.",
		"Tệp chưa đủ, hoặc sửa danh sách sản phẩm mốc trong cấu hình.", "The file is not whole, or the canaries in the configuration need mending.", catalog.WhoOperator},
	"import.canary_stars": {
		"Sản phẩm mốc {product} không còn từ 3 sao.", "The canary {product} is no longer of 3 stars or better.",
		"Kiểm tra cột hạng sao, hoặc sửa danh sách sản phẩm mốc trong cấu hình.", "Check the star column, or mend the canaries in the configuration.", catalog.WhoOperator},

	"hit.missing":             hitSentence("không còn trong danh sách", "is missing"),
	"hit.stars_lost":          hitSentence("từ {have} sao còn {now}", "from {have} stars to {now}"),
	"hit.revoked":             hitSentence("bị thu hồi", "is revoked"),
	"hit.price":               hitSentence("{sku}: giá {have} thành {now}", "{sku}: price {have} becomes {now}"),
	"hit.blanked":             hitSentence("{n} thông tin bị xóa trống", "{n} fields blanked"),
	"hit.changed_name":        hitSentence("đổi tên", "another name"),
	"hit.changed_producer":    hitSentence("đổi chủ thể", "another producer"),
	"hit.changed_commune":     hitSentence("đổi xã", "another commune"),
	"hit.changed_product_set": hitSentence("đổi bộ sản phẩm", "another product set"),
	"hit.changed_description": hitSentence("đổi mô tả", "another description"),
	"hit.changed_product_code": hitSentence("mã hàng chuyển sang sản phẩm khác",
		"a SKU goes to another product"),
}

// hitSentence is what a held import would do to a product: a phrase in a list,
// with one thing to do about all of them.
func hitSentence(vi, en string) sentence {
	return sentence{vi, en, "Xem tệp nguồn, rồi xác nhận hoặc bỏ lần nạp này.", "Look at the source, then confirm or reject the import.", catalog.WhoOperator}
}
