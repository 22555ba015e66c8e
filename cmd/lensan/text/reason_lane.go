package text

import "lensan/store/catalog"

// laneReasons are why a marketplace's lane, a run or the queue waits or has
// stopped. None of them is a product's fault.
var laneReasons = map[string]sentence{
	"lane.unauthorized": {
		vi: "Sàn từ chối đăng nhập; mọi việc với sàn này đang chờ.", en: "The marketplace refuses to sign us in; everything for it waits.",
		fixVI: "Kiểm tra tài khoản và mật khẩu (hoặc mã khóa) của sàn trong cấu hình, rồi chạy “lensan doctor”.", fixEN: "Check the marketplace's account and secret in the configuration, then run `lensan doctor`.",
		who: catalog.WhoAdministrator,
	},
	"lane.outage": {
		vi: "Sàn đang bảo trì hoặc ngừng phục vụ; hệ thống tự thử lại.", en: "The marketplace is down or under maintenance; it is tried again by itself.",
		fixVI: "Chưa cần làm gì; nếu kéo dài quá một ngày, hỏi đơn vị vận hành sàn.", fixEN: "Nothing yet; if it lasts more than a day, ask the marketplace.",
		who: catalog.WhoMarketplace,
	},
	"lane.not_reachable": {
		vi: "Chưa kết nối được với sàn; hệ thống tự thử lại.", en: "The marketplace can't be reached; it is tried again by itself.",
		fixVI: "Nếu kéo dài, kiểm tra đường truyền và địa chỉ của sàn trong cấu hình.", fixEN: "If it lasts, check the network and the marketplace's address in the configuration.",
		who: catalog.WhoAdministrator,
	},
	"lane.throttled": {
		vi: "Sàn giới hạn số lượt gọi; đang chờ đến lượt.", en: "The marketplace limits how often it may be called; waiting for the limit.",
		fixVI: "Không cần làm gì.", fixEN: "Nothing to do.", who: catalog.WhoNobody,
	},
	"lane.paused_by_hand": {
		vi: "Kênh của sàn này đã được người vận hành tạm dừng.", en: "An operator has paused this marketplace's lane.",
		fixVI: "Khi sẵn sàng, mở lại trong mục “Kênh” hoặc bằng lệnh “lensan resume”.", fixEN: "When ready, open it under Lanes or with `lensan resume`.",
		who: catalog.WhoOperator,
	},
	"lane.off": {
		vi: "Kênh của sàn này đang tắt trong cấu hình.", en: "This marketplace's lane is off in the configuration.",
		fixVI: "Bật kênh trong cấu hình nếu muốn đưa sản phẩm lên sàn này.", fixEN: "Turn the lane on in the configuration if products are to be listed there.",
		who: catalog.WhoAdministrator,
	},
	"lane.reading_incomplete": {
		vi: "Lần đọc toàn bộ sàn gần nhất chưa trọn vẹn; chưa kết luận được sản phẩm nào không còn trên sàn.", en: "The last full reading of the marketplace was cut short; what it did not show is not taken for absent.",
		fixVI: "Chưa cần làm gì; lần đối soát sau sẽ đọc lại.", fixEN: "Nothing yet; the next reconcile reads again.",
		who: catalog.WhoNobody,
	},
	"run.cancelled": {
		vi: "Lượt đồng bộ đã bị hủy.", en: "The run was cancelled.",
		fixVI: "Chạy lượt đồng bộ mới khi cần.", fixEN: "Start a new run when needed.", who: catalog.WhoOperator,
	},
	"run.restored": {
		vi: "Lượt này còn dở khi dữ liệu được sao lưu; dữ liệu đã được khôi phục từ bản sao lưu đó.", en: "The run was under way when the backup was made from which the record was restored.",
		fixVI: "Chạy lượt mới.", fixEN: "Start a new run.", who: catalog.WhoOperator,
	},
	"restore.register_old": {
		vi: "Dữ liệu được khôi phục từ bản sao lưu, còn trên sàn có thể mới hơn: chưa sửa, chưa ẩn.", en: "The record was restored from a backup and what stands on the marketplace may be newer: nothing is changed or closed yet.",
		fixVI: "Nhập lại danh sách mới nhất (lensan import), rồi đối soát.", fixEN: "Import the newest register (lensan import), then reconcile.",
		who: catalog.WhoAdministrator,
	},
	"run.deadline": {
		vi: "Lượt đồng bộ đã hết thời hạn đặt ra trước khi làm xong.", en: "The run reached its deadline before it was done.",
		fixVI: "Chạy lượt mới; phần đã làm xong không phải làm lại.", fixEN: "Start a new run; what is done is not done again.", who: catalog.WhoOperator,
	},
	"run.defect": {
		vi: "Lượt đồng bộ không lập được kế hoạch vì lỗi của hệ thống.", en: "The run could not be planned because of a defect of the program.",
		fixVI: "Chạy “lensan doctor” và gửi nhật ký cho người quản trị hệ thống.", fixEN: "Run `lensan doctor` and send the log to the administrator.",
		who: catalog.WhoAdministrator,
	},
	"queue.unreachable": {
		vi: "Không kết nối được với Redis; việc chưa làm vẫn được giữ nguyên.", en: "Redis can't be reached; what is to be done is kept.",
		fixVI: "Kiểm tra máy chủ Redis và LENSAN_REDIS_URL.", fixEN: "Check the Redis server and LENSAN_REDIS_URL.", who: catalog.WhoAdministrator,
	},
	"queue.too_old": {
		vi: "Máy chủ Redis quá cũ ({have}); cần từ bản {want}.", en: "The Redis server is too old ({have}); it must be {want} or later.",
		fixVI: "Nâng cấp Redis, hoặc đặt LENSAN_REDIS_URL=embedded.", fixEN: "Upgrade Redis, or set LENSAN_REDIS_URL=embedded.", who: catalog.WhoAdministrator,
	},
	"queue.evicts": {
		vi: "Máy chủ Redis được phép xóa dữ liệu khi thiếu bộ nhớ ({have}).", en: "The Redis server may drop data when memory runs short ({have}).",
		fixVI: "Đặt maxmemory-policy là noeviction.", fixEN: "Set maxmemory-policy to noeviction.", who: catalog.WhoAdministrator,
	},
}
