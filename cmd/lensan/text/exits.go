package text

// Exits are the exit codes, as `lensan help CMD` shows them.
var Exits = map[int]Phrase{
	0:   {"xong, kể cả khi không có gì phải đổi", "done, nothing to change included"},
	1:   {"lỗi nội bộ", "internal error"},
	2:   {"lệnh hoặc cấu hình chưa đúng", "wrong usage or configuration"},
	3:   {"có thay đổi đang chờ (plan --detailed-exitcode)", "changes pending (plan --detailed-exitcode)"},
	4:   {"có mã hàng của lượt này không thành công", "an item that this run attempted did not end applied"},
	5:   {"tạm thời: kênh đang dừng hoặc sàn không trả lời", "temporary: a lane is paused or the marketplace does not answer"},
	6:   {"dừng bởi chốt an toàn", "stopped by a brake"},
	7:   {"tài khoản không được nhận", "account refused"},
	8:   {"dữ liệu nguồn không ổn, lần nhập bị giữ lại", "source unhealthy, import held"},
	9:   {"phạm vi không khớp mã hàng nào", "the scope matches no SKU"},
	10:  {"hết thời hạn, chạy lại sẽ làm tiếp", "deadline reached, resumable"},
	11:  {"một lượt khác đang giữ phạm vi này (--no-join)", "another run holds the scope (with --no-join)"},
	130: {"bị ngắt giữa chừng", "interrupted in work"},
}
