package text

import "log/slog"

// logWords are the log's messages that an administrator may meet, in
// Vietnamese; the log's own words are English. One that is not here is shown
// as it is.
var logWords = map[string]string{
	"a SKU is listed more than once":                     "một mã hàng có nhiều hơn một tin đăng",
	"a create left nothing and goes out again":           "lần đăng trước không để lại gì, đang gửi lại",
	"a lane is away and gets a run of its own":           "sàn không trả lời, kênh được tách thành lượt riêng",
	"a lane waits for a person":                          "kênh đang chờ người làm",
	"a list that claims to be whole lacks listings":      "danh sách sàn trả về thiếu tin đăng dù báo là đủ",
	"a product that must always be on sale is not to be": "một sản phẩm phải luôn bán lại không được bán",
	"a run ends without its lane":                        "một lượt kết thúc mà thiếu kênh",
	"a shop's state could not be read":                   "chưa đọc được tình trạng gian hàng",
	"an exported list can't be used":                     "danh sách xuất từ sàn không dùng được",
	"an upload file is not written yet":                  "chưa ghi được tệp tải lên",
	"an uploaded file stays where it waits":              "tệp đã tải lên vẫn còn nằm ở chỗ chờ",
	"another process works":                              "tiến trình khác đang xử lý",
	"batch failed":                                       "một lô không thành công",
	"batch not finished":                                 "chưa ghi được là lô đã xong",
	"batch not queued":                                   "chưa đưa được lô vào hàng đợi",
	"batch not started":                                  "chưa bắt đầu được lô",
	"change can't be encoded":                            "thay đổi không ghi lại được",
	"dashboard can't answer":                             "trang điều hành không trả lời được",
	"dashboard not closed cleanly":                       "trang điều hành đóng chưa gọn",
	"day not kept":                                       "chưa lưu được số liệu của ngày",
	"dispatch":                                           "phân phát công việc gặp trục trặc",
	"engine lease lost":                                  "mất quyền xử lý, tiến trình khác đã nhận",
	"engine lease not given back":                        "chưa trả lại được quyền xử lý",
	"engine lease not renewed":                           "chưa gia hạn được quyền xử lý",
	"export cut short":                                   "xuất dữ liệu bị ngắt giữa chừng",
	"files that wait are not known":                      "chưa biết tệp nào đang chờ tải lên",
	"http port ended":                                    "cổng HTTP đã đóng",
	"lane not left out":                                  "chưa tách được kênh khỏi lượt",
	"lane not opened":                                    "chưa mở lại được kênh",
	"lane not paused":                                    "chưa tạm dừng được kênh",
	"lane paused":                                        "kênh tạm dừng",
	"lanes not read":                                     "chưa đọc được tình trạng các kênh",
	"leases not renewed":                                 "chưa gia hạn được quyền giữ mã hàng",
	"leases run out by themselves":                       "quyền giữ mã hàng sẽ tự hết hạn",
	"listings are gone from the marketplace":             "có tin đăng không còn trên sàn",
	"looks not woken":                                    "chưa gọi được các lần xem lại",
	"metrics not read":                                   "chưa đọc được số liệu theo dõi",
	"page of a problem not made":                         "chưa tạo được trang báo lỗi",
	"planner panicked":                                   "phần lập kế hoạch gặp lỗi của chương trình",
	"queue has lost jobs":                                "hàng đợi bị mất việc, đang phân phát lại",
	"queue not purged":                                   "chưa dọn được hàng đợi",
	"rate limit refused":                                 "sàn từ chối vì gọi quá nhanh",
	"redis client":                                       "kết nối Redis gặp trục trặc",
	"request is tried again":                             "yêu cầu được gửi lại",
	"run not ended":                                      "chưa kết thúc được lượt",
	"run not planned":                                    "chưa lập được kế hoạch cho lượt",
	"run not read":                                       "chưa đọc được lượt",
	"run not released":                                   "chưa trả lại được lượt",
	"run stopped by a brake":                             "lượt bị chốt an toàn dừng",
	"runs end without a lane that stays away":            "các lượt kết thúc mà thiếu sàn không trả lời",
	"runs not finished":                                  "chưa kết thúc được các lượt đã xong",
	"sandbox file failed":                                "không ghi được tệp của sàn giả lập",
	"sandbox server ended":                               "sàn giả lập đã dừng",
	"sandbox webhook address":                            "địa chỉ webhook của sàn giả lập không dùng được",
	"sandbox webhook not delivered":                      "sàn giả lập chưa gửi được webhook",
	"shared budget not paused":                           "chưa tạm dừng được hạn mức chung",
	"shared budget not resumed":                          "chưa mở lại được hạn mức chung",
	"shared token can't be read with this secret":        "không đọc được phiên đăng nhập chung bằng mã bí mật này",
	"sign-in not shared":                                 "chưa dùng chung được phiên đăng nhập",
	"sign-in took longer than its lock":                  "đăng nhập lâu hơn thời gian khóa",
	"the day is not kept":                                "chưa lưu được số liệu của ngày",
	"the marketplace rewrites a field":                   "sàn tự sửa một trường thông tin",
	"the pace is not told":                               "chưa ghi được tốc độ gọi sàn",
	"the record came out of a backup: the lane is read whole first": "dữ liệu được khôi phục từ bản sao lưu: đọc toàn bộ sàn trước",
	"uploads not forgotten": "chưa bỏ được ảnh đã tải lên trước",
	"waits until all that was sent before the restore must show": "chờ đến khi những gì gửi trước lúc khôi phục chắc chắn đã hiện trên sàn",
	"webhook not taken":      "chưa nhận được webhook",
	"webhook refused":        "từ chối một webhook",
	"webhooks are not taken": "không nhận được webhook",
}

// LogMessage is a message of the log in a person's language.
func LogMessage(l Lang, message string) string {
	if l == VI {
		if vi, ok := logWords[message]; ok {
			return vi
		}
	}
	return message
}

// LogLevel says how grave an entry of the log is; nothing for what is usual.
func LogLevel(l Lang, level slog.Level) string {
	switch {
	case level >= slog.LevelError:
		return Phrase{"LỖI: ", "ERROR: "}.In(l)
	case level >= slog.LevelWarn:
		return Phrase{"Lưu ý: ", "Note: "}.In(l)
	}
	return ""
}
