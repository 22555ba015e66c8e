package text

import "lensan/store/catalog"

// vosoReasons are the codes of Voso's contract, one sentence each, and those
// that its adapter adds. What stops at a field of ours says so with that
// field's own sentence (reason_offer.go); these stand where only the code is
// known.
var vosoReasons = map[string]sentence{
	"voso.login_failed":                  vosoAdmin("Voso không nhận tên đăng nhập hoặc mật khẩu.", "Voso refuses the user name or password.", "Kiểm tra LENSAN_VOSO_USERNAME và LENSAN_VOSO_PASSWORD.", "Check LENSAN_VOSO_USERNAME and LENSAN_VOSO_PASSWORD."),
	"voso.login_locked":                  vosoWait("Voso tạm khóa đăng nhập vì đăng nhập quá nhiều lần trong một phút.", "Voso has locked sign-in for a while after too many sign-ins within a minute."),
	"voso.login_guard":                   vosoWait("Tạm dừng đăng nhập Voso để tài khoản không bị khóa.", "Signing in to Voso rests so that the account is not locked."),
	"voso.token_invalid":                 vosoAdmin("Phiên đăng nhập Voso vừa bị kết thúc nhiều lần liên tiếp.", "The sign-in to Voso was ended twice in a row.", "Kiểm tra xem có chương trình hoặc máy khác đang dùng cùng tài khoản không.", "Check whether another program or machine uses the same account."),
	"voso.rate_limited":                  vosoWait("Đang chờ vì Voso giới hạn số lượt gọi mỗi giây.", "Waiting for Voso's limit of calls a second."),
	"voso.client_banned":                 vosoWait("Voso tạm chặn tài khoản vì gọi quá nhiều.", "Voso has banned the account for a while for too many calls."),
	"voso.validate_error":                {vi: "Voso không nhận dữ liệu của sản phẩm[[: {words}]].", en: "Voso refuses the product's data[[: {words}]].", fixVI: "Kiểm tra dữ liệu của mã hàng; nếu đúng thì báo người quản trị.", fixEN: "Check the SKU's data; if they are right, tell the administrator.", who: catalog.WhoOperator},
	"voso.batch_too_large":               vosoAdmin("Voso báo một lượt gửi có quá nhiều mục.", "Voso says that one call held too many items.", "Báo người phát triển: giới hạn của Voso có thể đã đổi.", "Tell the developers: Voso's limit may have changed."),
	"voso.shop_not_found":                {vi: "Voso không tìm thấy gian hàng của chủ thể.", en: "Voso does not find the producer's shop.", fixVI: "Kiểm tra gian hàng của chủ thể trên Voso.", fixEN: "Check the producer's shop on Voso.", who: catalog.WhoOperator},
	"voso.shop_inactive":                 {vi: "Gian hàng của chủ thể đang bị Voso khóa.", en: "Voso has blocked the producer's shop.", fixVI: "Liên hệ Voso để biết lý do và mở lại gian hàng.", fixEN: "Ask Voso why and have the shop opened again.", who: catalog.WhoMarketplace},
	"voso.shop_code_duplicated":          vosoWait("Gian hàng của chủ thể đã có trên Voso.", "The producer's shop is on Voso already."),
	"voso.product_not_found":             vosoWait("Sản phẩm không còn trên Voso.", "The product is no longer on Voso."),
	"voso.product_sku_duplicated":        vosoWait("Mã hàng này đã có trên Voso; đang tìm để nhận lại.", "The SKU is on Voso already; it is being looked for and adopted."),
	"voso.product_locked":                {vi: "Nhân viên Voso đã khóa sản phẩm.", en: "Voso's staff have locked the product.", fixVI: "Liên hệ Voso để biết lý do và mở khóa.", fixEN: "Ask Voso why and have it unlocked.", who: catalog.WhoMarketplace},
	"voso.category_invalid":              {vi: "Voso không nhận ngành hàng của sản phẩm.", en: "Voso refuses the product's category.", fixVI: "Chọn ngành hàng khác cho mã hàng.", fixEN: "Choose another category for the SKU.", who: catalog.WhoOperator},
	"voso.image_not_found":               vosoWait("Voso không còn giữ ảnh đã tải lên.", "Voso no longer has an uploaded picture."),
	"voso.image_too_large":               {vi: "Ảnh lớn hơn 2 MB.", en: "A picture is larger than 2 MB.", fixVI: "Thu nhỏ ảnh rồi nhập lại.", fixEN: "Scale it down and import it again.", who: catalog.WhoProducer},
	"voso.image_format":                  {vi: "Ảnh không phải JPEG hoặc PNG, hoặc bị hỏng.", en: "A picture is neither JPEG nor PNG, or is damaged.", fixVI: "Lưu ảnh thành JPEG hoặc PNG rồi nhập lại.", fixEN: "Save it as JPEG or PNG and import it again.", who: catalog.WhoProducer},
	"voso.image_dimension":               {vi: "Cạnh của ảnh không nằm trong khoảng 500 đến 4000 điểm ảnh.", en: "A picture's side is not within 500 to 4000 pixels.", fixVI: "Gửi lại ảnh gốc, mỗi cạnh từ 500 đến 4000 điểm ảnh.", fixEN: "Provide the original, each side 500 to 4000 pixels.", who: catalog.WhoProducer},
	"voso.description_forbidden_contact": {vi: "Mô tả có số điện thoại, thư điện tử hoặc đường dẫn, Voso không cho phép.", en: "The description holds a telephone, e-mail address or link, which Voso forbids.", fixVI: "Bỏ thông tin liên hệ khỏi mô tả và câu chuyện sản phẩm.", fixEN: "Take contact details out of the description and the story.", who: catalog.WhoProducer},
	"voso.price_invalid":                 {vi: "Voso không nhận giá bán: giá phải từ 1.000 đ và tròn trăm đồng.", en: "Voso refuses the price: it must be 1,000 VND or more, in whole hundreds.", fixVI: "Làm tròn giá bán trong danh sách đến trăm đồng.", fixEN: "Round the price in the register to whole hundreds.", who: catalog.WhoProducer},
	"voso.ocop_expired":                  {vi: "Voso báo công nhận OCOP đã hết hiệu lực.", en: "Voso says that the OCOP recognition has ended.", fixVI: "Kiểm tra ngày hết hiệu lực; làm hồ sơ đánh giá, công nhận lại.", fixEN: "Check the last valid day; apply for a new recognition.", who: catalog.WhoProducer},
	"voso.sku_fixed":                     {vi: "Sản phẩm trên Voso vừa được gắn một mã hàng khác.", en: "The product on Voso has been given another SKU meanwhile.", fixVI: "Không phải làm gì: hệ thống đọc lại và lập lại kế hoạch.", fixEN: "Nothing: it is read and planned again.", who: catalog.WhoNobody},
	"voso.system_busy":                   vosoWait("Voso đang bận.", "Voso is busy."),
	"voso.system_error":                  vosoWait("Voso đang gặp lỗi.", "Voso has an error."),
	"voso.list_not_whole":                vosoWait("Danh sách đọc từ Voso chưa đầy đủ nên chưa được dùng.", "The list read from Voso was not whole, so it is not used."),
	"voso.no_result":                     vosoWait("Voso không trả lời rõ cho mã hàng này; đang đọc lại để biết kết quả.", "Voso gave no clear answer for this SKU; it is read back to find out."),
}

func vosoWait(vi, en string) sentence {
	return sentence{vi: vi, en: en, fixVI: "Không phải làm gì: hệ thống tự thử lại.", fixEN: "Nothing: it is tried again by itself.", who: catalog.WhoNobody}
}

func vosoAdmin(vi, en, fixVI, fixEN string) sentence {
	return sentence{vi: vi, en: en, fixVI: fixVI, fixEN: fixEN, who: catalog.WhoAdministrator}
}
