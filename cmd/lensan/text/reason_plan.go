package text

import "lensan/store/catalog"

// planReasons are why a SKU is not offered, and what came of offering it.
var planReasons = map[string]sentence{
	"excluded.expired": {
		vi: "Quyết định công nhận[[ {decision}]] đã hết hiệu lực[[ ngày {valid_until}]].", en: "The recognition[[ {decision}]] has ended[[ on {valid_until}]].",
		fixVI: "Chủ thể lập hồ sơ đánh giá lại; khi có quyết định mới, cập nhật danh sách sản phẩm OCOP.", fixEN: "The producer applies for a new rating; then update the register.",
		who: catalog.WhoProducer,
	},
	"excluded.validity_unknown": {
		vi: "Chưa rõ hiệu lực: danh sách không ghi ngày quyết định và ngày hết hạn.", en: "Validity unknown: the register states neither the decision's date nor its last day.",
		fixVI: "Bổ sung cột “Ngày quyết định” hoặc “Có giá trị đến” trong danh sách.", fixEN: "Fill in the decision's date or its last day in the register.",
		who: catalog.WhoOperator,
	},
	"excluded.below_three_stars": {
		vi: "Sản phẩm[[ được {stars} sao,]] chưa đạt 3 sao.", en: "Rated below 3 stars[[: {stars}]].",
		fixVI: "Chưa cần làm gì; khi được công nhận từ 3 sao, cập nhật danh sách.", fixEN: "Nothing now; update the register when it reaches 3 stars.",
		who: catalog.WhoProducer,
	},
	"excluded.stars_unknown": {
		vi: "Danh sách không nêu rõ hạng sao.", en: "The register does not state the stars clearly.",
		fixVI: "Ghi hạng sao (một số từ 1 đến 5) theo quyết định công nhận.", fixEN: "Enter the stars (one number from 1 to 5) as in the decision.",
		who: catalog.WhoOperator,
	},
	"excluded.revoked": {
		vi: "Sản phẩm đã bị thu hồi công nhận.", en: "The recognition was revoked.",
		fixVI: "Không đưa lên sàn; nếu danh sách ghi sai, sửa cột “Ghi chú”.", fixEN: "Not offered; correct the notes if the register is wrong.",
		who: catalog.WhoOperator,
	},
	"excluded.unordered_recognitions": {
		vi: "Có hai quyết định công nhận khác nhau mà không xác định được quyết định nào sau.", en: "Two recognitions differ and can't be put in order.",
		fixVI: "Ghi ngày cho cả hai quyết định, hoặc bỏ dòng đã cũ.", fixEN: "Enter both decisions' dates, or drop the older row.",
		who: catalog.WhoOperator,
	},
	"excluded.tourism": {
		vi: "Dịch vụ du lịch (bộ sản phẩm 26) không bán qua giao hàng.", en: "A tourism service (product set 26) can't be shipped.",
		fixVI: "Không cần làm gì.", fixEN: "Nothing to do.", who: catalog.WhoNobody,
	},
	"excluded.no_sku": {
		vi: "Sản phẩm chưa có mã hàng nào để bán.", en: "The product has no SKU to sell.",
		fixVI: "Thêm dòng cho sản phẩm ở trang “Thông tin bán hàng”.", fixEN: "Add a row for it on the sales sheet.", who: catalog.WhoOperator,
	},
	"excluded.withdrawn": {
		vi: "Sản phẩm đã được xác nhận rút khỏi danh sách.", en: "The product was confirmed as withdrawn from the register.",
		fixVI: "Không cần làm gì.", fixEN: "Nothing to do.", who: catalog.WhoNobody,
	},
	"excluded.sku_gone": {
		vi: "Mã hàng không còn trong danh sách.", en: "The SKU is no longer in the register.",
		fixVI: "Kiểm tra danh sách; nếu đổi mã, dùng lệnh lensan rename-sku.", fixEN: "Check the register; after a renaming use lensan rename-sku.", who: catalog.WhoOperator,
	},
	"not_sold.alcohol": {
		vi: "Sàn này không bán đồ uống có cồn.", en: "This marketplace does not sell alcohol.",
		fixVI: "Không cần làm gì; sản phẩm vẫn bán trên sàn khác.", fixEN: "Nothing to do; the other marketplace sells it.", who: catalog.WhoNobody,
	},
	"not_sold.live_animals": {
		vi: "Sàn này không bán động vật sống.", en: "This marketplace does not sell live animals.",
		fixVI: "Không cần làm gì.", fixEN: "Nothing to do.", who: catalog.WhoNobody,
	},
	"policy.not_allowed": {
		vi: "Chính sách của lượt này không cho phép thay đổi: {ops}.", en: "This run's policy does not allow: {ops}.",
		fixVI: "Chạy lại với --policy sync nếu muốn.", fixEN: "Run again with --policy sync if wanted.", who: catalog.WhoOperator,
	},
	"listing.locked": {
		vi: "Nhân viên của sàn đã khóa tin này.", en: "The marketplace's staff locked this listing.",
		fixVI: "Liên hệ bộ phận hỗ trợ của sàn.", fixEN: "Contact the marketplace's support.", who: catalog.WhoMarketplace,
	},
	"listing.closed_by_other": {
		vi: "Tin đã bị ẩn trên sàn, không phải do hệ thống này.", en: "The listing was closed on the marketplace, not by this system.",
		fixVI: "Hỏi chủ thể; mở lại trên trang người bán nếu là nhầm lẫn.", fixEN: "Ask the producer; reopen it in the seller portal if it was a mistake.", who: catalog.WhoOperator,
	},
	"listing.vanished": {
		vi: "Tin không còn trên sàn dù trước đó đã đăng.", en: "The listing is gone from the marketplace although it was there.",
		fixVI: "Kiểm tra trên sàn; hệ thống không tự đăng lại để tránh trùng.", fixEN: "Check on the marketplace; it is not made again by itself, so that none is doubled.", who: catalog.WhoOperator,
	},
	"listing.uncertain_match": {
		vi: "Trên sàn có tin do người bán tự đăng, có thể chính là sản phẩm này.", en: "A listing made by hand may be this product.",
		fixVI: "Trả lời ở mục “Việc cần quyết định”: nhận tin đó hay đăng tin mới.", fixEN: "Answer under Decisions: adopt it, or list a new one.", who: catalog.WhoOperator,
	},
	"listing.succession_unclear": {
		vi: "Một mã hàng của sản phẩm biến mất và mã này mới xuất hiện; có thể chỉ là đổi mã.", en: "One SKU of the product is gone and this one is new; it may be a renaming.",
		fixVI: "Nếu là đổi mã, dùng lệnh lensan rename-sku; nếu không, xác nhận là mã mới.", fixEN: "If renamed, use lensan rename-sku; if not, confirm it as new.", who: catalog.WhoOperator,
	},
	"listing.changed_meanwhile": {
		vi: "Tin vừa bị sửa trên sàn; hệ thống sẽ đọc lại rồi thử lại.", en: "The listing was just edited on the marketplace; it is read again and retried.",
		fixVI: "Không cần làm gì.", fixEN: "Nothing to do.", who: catalog.WhoNobody,
	},
	"listing.write_not_shown": {
		vi: "Sàn báo đã nhận thay đổi nhưng tin chưa hiện thay đổi đó.", en: "The marketplace took the change but does not show it.",
		fixVI: "Hệ thống sẽ thử lại.", fixEN: "It is tried again.", who: catalog.WhoNobody,
	},
	"drift.ask": {
		vi: "Trên sàn, mục {field} đã bị sửa thành “{there}”; danh sách ghi “{want}”.", en: "On the marketplace {field} was changed to “{there}”; the register says “{want}”.",
		fixVI: "Chọn giữ giá trị trên sàn (sửa danh sách) hoặc sửa lại trên trang người bán.", fixEN: "Keep theirs (correct the register) or set it back in the seller portal.", who: catalog.WhoOperator,
	},
	"drift.both_changed": {
		vi: "Mục {field} vừa bị sửa trên sàn (“{there}”) vừa đổi trong danh sách (“{want}”).", en: "{field} was changed both on the marketplace (“{there}”) and in the register (“{want}”).",
		fixVI: "Quyết định giá trị đúng rồi sửa ở nơi còn lại.", fixEN: "Decide which is right and correct the other.", who: catalog.WhoOperator,
	},
	"drift.ignored": {
		vi: "Sàn nhiều lần nhận thay đổi mục {field} nhưng không hiện.", en: "The marketplace took changes of {field} several times and never showed them.",
		fixVI: "Báo sàn kiểm tra mục này.", fixEN: "Report it to the marketplace.", who: catalog.WhoMarketplace,
	},
	"rejected.unexplained": {
		vi: "Sàn từ chối tin, không nêu lý do.", en: "The marketplace rejected the listing without a reason.",
		fixVI: "Hỏi bộ phận kiểm duyệt của sàn.", fixEN: "Ask the marketplace's moderators.", who: catalog.WhoMarketplace,
	},
	"rejected.in_words": {
		vi: "Sàn từ chối tin: “{words}”", en: "The marketplace rejected the listing: “{words}”",
		fixVI: "Sửa theo lý do của sàn trong danh sách sản phẩm rồi đồng bộ lại.", fixEN: "Mend what it says in the register and sync again.", who: catalog.WhoProducer,
	},
	"review.too_long": {
		vi: "Tin chờ duyệt đã {days} ngày.", en: "The listing has been waiting for review for {days} days.",
		fixVI: "Nhắc bộ phận kiểm duyệt của sàn.", fixEN: "Remind the marketplace's moderators.", who: catalog.WhoMarketplace,
	},
	"shop.suspended": {
		vi: "Gian hàng[[ của {producer}]] đang bị đình chỉ.", en: "The shop[[ of {producer}]] is suspended.",
		fixVI: "Liên hệ sàn để mở lại gian hàng.", fixEN: "Contact the marketplace to have it released.", who: catalog.WhoMarketplace,
	},
	"shop.being_made": {
		vi: "Gian hàng của chủ thể đang được tạo.", en: "The producer's shop is being made.",
		fixVI: "Không cần làm gì.", fixEN: "Nothing to do.", who: catalog.WhoNobody,
	},
	"picture.being_uploaded": {
		vi: "Ảnh đang được tải lên sàn.", en: "A picture is being uploaded.",
		fixVI: "Không cần làm gì.", fixEN: "Nothing to do.", who: catalog.WhoNobody,
	},
	"checking.outcome_unknown": {
		vi: "Sàn chưa trả lời rõ; hệ thống đang kiểm tra trước khi làm tiếp.", en: "The marketplace gave no sure answer; it is being checked before anything else.",
		fixVI: "Không cần làm gì.", fixEN: "Nothing to do.", who: catalog.WhoNobody,
	},
	"change.not_encodable": {
		vi: "Thay đổi không thể gửi đi do lỗi của chương trình.", en: "The change can't be sent for a defect of the program.",
		fixVI: "Báo người quản trị.", fixEN: "Report it to the administrator.", who: catalog.WhoAdministrator,
	},
	"failure.unknown": {
		vi: "Lỗi không rõ nguyên nhân.", en: "A failure of unknown cause.",
		fixVI: "Báo người quản trị xem nhật ký.", fixEN: "Ask the administrator to look at the log.", who: catalog.WhoAdministrator,
	},
	"brake.window": {
		vi: "Chốt an toàn: số thay đổi loại này trong 24 giờ hoặc 7 ngày đã tới giới hạn.", en: "Brake: the limit of such changes in 24 hours or 7 days is reached.",
		fixVI: "Kiểm tra danh sách có đúng không; nếu đúng, mở chốt với --allow và nêu lý do.", fixEN: "Check that the register is right; if so, lift the brake with --allow and a reason.", who: catalog.WhoOperator,
	},
	"listing.reverted": {
		vi: "Thay đổi đã được hoàn lại theo yêu cầu; hệ thống không gửi lại cho tới khi danh sách thay đổi.", en: "The change was taken back on request; it is not sent again until the register changes.",
		fixVI: "Sửa danh sách cho đúng rồi nhập lại.", fixEN: "Correct the register and import it again.", who: catalog.WhoOperator,
	},
	"revert.edited_since": {
		vi: "Mục {field} đã được sửa trên sàn sau đó (“{there}”), nên không hoàn lại.", en: "{field} was edited on the marketplace since (“{there}”), so it was left alone.",
		fixVI: "Sửa trên trang người bán nếu cần.", fixEN: "Correct it in the seller portal if need be.", who: catalog.WhoOperator,
	},
	"plan.changed_since": {
		vi: "Dữ liệu đã thay đổi từ khi kế hoạch được duyệt.", en: "The data changed since the plan was approved.",
		fixVI: "Lập kế hoạch mới rồi duyệt lại.", fixEN: "Make a new plan and approve it.", who: catalog.WhoOperator,
	},
	"brake.close":      brakeStops("ẩn quá nhiều tin đang bán", "would take too many listings off sale"),
	"brake.last":       brakeStops("ẩn tin đang bán cuối cùng trên một sàn", "would take the last live listing of a marketplace off sale"),
	"brake.price_drop": brakeStops("giảm giá hơn một nửa ở quá nhiều mã hàng", "would more than halve too many prices"),
	"brake.price_rise": brakeStops("tăng giá hơn 10 lần ở quá nhiều mã hàng", "would raise too many prices more than tenfold"),
	"brake.stock":      brakeStops("đưa tồn kho về 0 ở quá nhiều mã hàng", "would set too much stock to 0"),
	"brake.images":     brakeStops("làm mất hết ảnh ở quá nhiều tin", "would take all pictures from too many listings"),
	"brake.content":    brakeStops("sửa nội dung quá nhiều tin đang bán, khiến chúng phải duyệt lại", "would send too many live listings back to review"),
	"brake.ending_together": {
		vi: "Nhiều quyết định công nhận cùng hết hiệu lực ngày {valid_until}; chờ người phụ trách quyết định trước khi ẩn tin.", en: "Many recognitions ended together on {valid_until}; a person must decide before the listings are closed.",
		fixVI: "Trả lời ở mục “Việc cần quyết định”.", fixEN: "Answer under Decisions.", who: catalog.WhoOperator,
	},
	"source.canary": {
		vi: "Sản phẩm phải luôn có mặt lại không đủ điều kiện: nguồn dữ liệu có thể hỏng, lượt này không làm gì.", en: "A product that must always be on sale would not be: the source may be broken, and the run did nothing.",
		fixVI: "Kiểm tra danh sách vừa nhập và mục canaries trong cấu hình.", fixEN: "Check the register just imported and the setting canaries.", who: catalog.WhoAdministrator,
	},
	"lane.reading_incomplete": {
		vi: "Chưa đọc được toàn bộ danh sách tin trên sàn.", en: "The marketplace's listings could not be read whole.",
		fixVI: "Hệ thống sẽ đọc lại; không tin nào bị coi là đã mất.", fixEN: "It is read again; no listing is taken for gone.", who: catalog.WhoNobody,
	},
}

func brakeStops(vi, en string) sentence {
	return sentence{
		vi: "Chốt an toàn: kế hoạch sẽ " + vi + ".", en: "Brake: the plan " + en + ".",
		fixVI: "Kiểm tra danh sách có đúng không; nếu đúng, mở chốt với --allow và nêu lý do.", fixEN: "Check that the register is right; if so, lift the brake with --allow and a reason.",
		who: catalog.WhoOperator,
	}
}
