package text

// configSentences are the problems of the configuration, each one line that
// says what to set.
var configSentences = map[string]Phrase{
	"config.unknown_key": {
		"{where}: không có mục cấu hình “{key}”.{did_you_mean}",
		"{where}: there is no setting “{key}”.{did_you_mean}"},
	"config.unknown_variable": {
		"Không có biến môi trường {name}.{did_you_mean}",
		"There is no environment variable {name}.{did_you_mean}"},
	"config.bad_file": {
		"Không đọc được tệp cấu hình {file}: {why}.",
		"The configuration file {file} can't be read: {why}."},
	"config.file_missing": {
		"Không có tệp cấu hình {file}: sửa --config hoặc LENSAN_CONFIG.",
		"There is no configuration file {file}: mend --config or LENSAN_CONFIG."},
	"config.bad_value": {
		"{name}: giá trị “{value}” không dùng được; cần {want}.",
		"{name}: the value “{value}” can't be used; set {want}."},
	"config.both_forms": {
		"{name} được khai hai lần; chỉ giữ một cách.",
		"{name} is given twice; keep one of the two."},
	"config.secret_file": {
		"{name}: không đọc được tệp {file}: {why}.",
		"{name}: the file {file} can't be read: {why}."},
	"config.needs_tls": {
		"{name}={value} không mã hóa: đặt địa chỉ bắt đầu bằng https:// (chỉ máy này, 127.0.0.1, mới được dùng http://).",
		"{name}={value} is not encrypted: set an address that begins with https:// (only this machine, 127.0.0.1, may use http://)."},
	"config.needs_credential": {
		"Thiếu {name}: đặt thông tin tài khoản {lane}, hoặc tắt kênh này.",
		"{name} is missing: set the account of {lane}, or switch that lane off."},
	"config.now_not_local": {
		"LENSAN_NOW chỉ dùng khi mọi kênh là sandbox hoặc ở máy này, nhưng {name}={value}: bỏ LENSAN_NOW.",
		"LENSAN_NOW works only while every lane is a sandbox or on this machine, but {name}={value}: unset LENSAN_NOW."},
	"config.listen_open": {
		"{name}={value} mở cho máy khác khi chưa có người dùng: đặt LENSAN_DASHBOARD_USERS_FILE, hoặc dùng 127.0.0.1.",
		"{name}={value} is open to other machines while there are no users: set LENSAN_DASHBOARD_USERS_FILE, or use 127.0.0.1."},
}

// wants are the words for what a setting must be.
var wants = map[string]Phrase{
	"lang":         {"vi hoặc en", "vi or en"},
	"log_level":    {"debug, info, warn hoặc error", "debug, info, warn or error"},
	"log_format":   {"text hoặc json", "text or json"},
	"bool":         {"true hoặc false", "true or false"},
	"base_url":     {"sandbox, hoặc địa chỉ https:// không có mật khẩu bên trong", "sandbox, or an https:// address without a password in it"},
	"rate":         {"số yêu cầu mỗi giây, ví dụ 2.5 (0: mức của sàn)", "requests a second, for example 2.5 (0: the marketplace's own)"},
	"database_url": {"sqlite:ĐƯỜNG_DẪN hoặc postgres://…", "sqlite:PATH or postgres://…"},
	"redis_url":    {"embedded, redis://…, rediss://… hoặc redis-sentinel://…", "embedded, redis://…, rediss://… or redis-sentinel://…"},
	"day":          {"một ngày có thật, ví dụ 2026-11-24 hoặc 24/11/2026", "a day that exists, for example 2026-11-24 or 24/11/2026"},
	"cron":         {"dòng cron năm cột, ví dụ “0 2 * * *”, hoặc off", "a cron line of five columns, for example “0 2 * * *”, or off"},
	"mode":         {"api hoặc workbook", "api or workbook"},
	"owner":        {"ours, theirs hoặc ask", "ours, theirs or ask"},
	"duration":     {"khoảng thời gian, ví dụ 500ms, 15s hoặc 2m", "a duration, for example 500ms, 15s or 2m"},
	"address":      {"MÁY:CỔNG, ví dụ 127.0.0.1:18080", "HOST:PORT, for example 127.0.0.1:18080"},
	"scalar":       {"một giá trị đơn", "a single value"},
}

// ConfigProblem is a problem of the configuration in one line.
func ConfigProblem(l Lang, code string, args map[string]string) string {
	pairs := []string{"did_you_mean", ""}
	if s := args["suggestion"]; s != "" {
		pairs[1] = Phrase{" Có phải là “{s}”?", " Did you mean “{s}”?"}.In(l, "s", s)
	}
	for k, v := range args {
		if k == "want" {
			v = wants[v].In(l)
		}
		pairs = append(pairs, k, v)
	}
	p, ok := configSentences[code]
	if !ok {
		p = Phrase{"Cấu hình có lỗi: " + PlainCode(code), "The configuration is wrong: " + PlainCode(code)}
	}
	return p.In(l, pairs...)
}
