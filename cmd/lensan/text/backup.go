package text

// Words of backup and restore.
var (
	FlagKeep            = Phrase{"giữ lại `N` tệp sao lưu mới nhất trong thư mục, xóa tệp cũ hơn", "keep the `N` newest backups in the folder, remove older ones"}
	FlagOverwrite       = Phrase{"ghi đè tệp đã có", "overwrite the file that is there"}
	FlagReplace         = Phrase{"thay dữ liệu đang có; dữ liệu cũ được giữ lại dưới tên khác", "replace the record that is there; the old one is kept under another name"}
	FlagCheckBackup     = Phrase{"chỉ kiểm tra tệp, không khôi phục", "only check the file, restore nothing"}
	FlagRegisterCurrent = Phrase{"danh sách trong tệp sao lưu vẫn là danh sách mới nhất, không cần nhập lại", "the register in the backup is today's: it need not be imported again"}

	BackingUp   = Phrase{"Đang sao lưu: {done}/{total} dòng dữ liệu ({percent})", "Backing up: {done} of {total} rows ({percent})"}
	CheckingIt  = Phrase{"Đang kiểm tra tệp sao lưu: {done}/{total} dòng dữ liệu ({percent})", "Checking the backup: {done} of {total} rows ({percent})"}
	RestoringIt = Phrase{"Đang khôi phục: {done}/{total} dòng dữ liệu ({percent})", "Restoring: {done} of {total} rows ({percent})"}
	BackupDone  = Phrase{"Đã sao lưu vào {file} ({size}): {products} sản phẩm, {skus} mã hàng, {listings} tin đăng.", "Backed up to {file} ({size}): {products} products, {skus} SKUs, {listings} listings."}
	BackupSafe  = Phrase{
		"Tệp có điện thoại, mã số thuế và địa chỉ của chủ thể: cất nơi chỉ người quản trị đọc được.\nMật khẩu, phiên đăng nhập và mã API không nằm trong tệp.",
		"The file holds telephones, tax codes and addresses of producers: keep it where only administrators read.\nPasswords, sessions and API tokens are not in it."}
	BackupGood = Phrase{
		"Tệp {file} nguyên vẹn: sao lưu lúc {taken} bằng lensan {program}, bảng dữ liệu phiên bản {schema}; {products} sản phẩm, {skus} mã hàng, {listings} tin đăng.",
		"{file} is whole: taken at {taken} by lensan {program}, tables of version {schema}; {products} products, {skus} SKUs, {listings} listings."}
	OldRemoved = Phrase{"Đã xóa {n} tệp sao lưu cũ.", "Removed {n} older backups."}

	FileThere       = Phrase{"{file} đã có: chọn tên khác, hoặc dùng --force để ghi đè.", "{file} is there already: choose another name, or overwrite it with --force."}
	NothingToBackUp = Phrase{"Chưa có dữ liệu nào để sao lưu ở {url}.", "There is nothing to back up at {url} yet."}
	KeepBad         = Phrase{"--keep {n}: cần từ 1 trở lên.", "--keep {n}: want 1 or more."}
	BackupBad       = Phrase{"{file} không phải là tệp sao lưu nguyên vẹn của lensan: {why}. Không có gì bị thay đổi.", "{file} is not a whole backup of lensan: {why}. Nothing was changed."}
	BackupCutOff    = Phrase{"tệp bị cắt cụt, bị sửa, hoặc không phải do lensan ghi", "it is cut off, changed, or not written by lensan"}
	BackupNewer     = Phrase{"{file} được ghi bởi bản lensan mới hơn (bảng dữ liệu {have}, chương trình này biết đến {want}): dùng bản mới hơn.", "{file} was written by a later lensan (tables of version {have}, this program knows {want}): use a later one."}
	RestoreRefused  = Phrase{"{url} đang có dữ liệu: dùng --force nếu muốn thay bằng tệp sao lưu.", "{url} holds a record: use --force to replace it by the backup."}
	RestoreEngine   = Phrase{"Có tiến trình xử lý đang chạy: dừng lensan up, worker và serve rồi chạy lại.", "An engine is running: stop lensan up, worker and serve, then try again."}
	RestoreInUse    = Phrase{"{url} đang được một tiến trình khác mở: dừng lensan up, worker và serve rồi chạy lại.", "Another process has {url} open: stop lensan up, worker and serve, then try again."}
	RestoreHalf     = Phrase{
		"Lần khôi phục trước vào {url} chưa xong, nên dữ liệu chưa dùng được: chạy lại “lensan restore” với tệp sao lưu.",
		"The last restore into {url} was not finished, so it can't be used: run `lensan restore` with the backup again."}
	RestoreDone = Phrase{
		"Đã khôi phục từ {file} (sao lưu lúc {taken}): {products} sản phẩm, {skus} mã hàng, {listings} tin đăng.",
		"Restored from {file} (taken at {taken}): {products} products, {skus} SKUs, {listings} listings."}
	RestoreKept = Phrase{"Dữ liệu cũ còn ở {file}.", "The old record is kept at {file}."}
	RestoreNext = Phrase{
		"Trên sàn có thể đã có nhiều hơn và mới hơn tệp sao lưu. Lượt đồng bộ tới sẽ đọc toàn bộ\ncác sàn trước, nhận lại tin đăng của mình và không sửa, không ẩn tin nào. Việc cần làm tiếp:\n  1) lensan import DANH_SÁCH_MỚI_NHẤT\n  2) lensan reconcile --wait\n  3) cấp lại mã API; mọi người đăng nhập lại.",
		"The marketplaces may hold more and newer than the backup. The next run reads them whole\nfirst, takes its own listings back and changes and closes none. Next:\n  1) lensan import THE_NEWEST_REGISTER\n  2) lensan reconcile --wait\n  3) issue API tokens anew; everybody signs in again."}
	RestoreNextCurrent = Phrase{
		"Lượt đồng bộ tới sẽ đọc toàn bộ các sàn trước rồi mới làm. Việc cần làm tiếp:\n  1) lensan reconcile --wait\n  2) cấp lại mã API; mọi người đăng nhập lại.",
		"The next run reads the marketplaces whole before it does anything. Next:\n  1) lensan reconcile --wait\n  2) issue API tokens anew; everybody signs in again."}
	RestoredWaits = Phrase{
		"Dữ liệu vừa được khôi phục từ bản sao lưu: chưa tin nào bị sửa hay ẩn cho đến khi nhập lại danh sách mới nhất (lensan import).",
		"The record was restored from a backup: no listing is changed or closed until the newest register is imported (lensan import)."}

	SandboxTodo = Phrase{"chạy “lensan up” hoặc “lensan sandbox”", "run `lensan up` or `lensan sandbox`"}

	HeadFile     = Phrase{"Tệp", "File"}
	CheckBackups = Phrase{"Sao lưu", "Backup"}
	BackupLast   = Phrase{"lần cuối {ago}: {file}", "last {ago}: {file}"}
	BackupNever  = Phrase{"chưa sao lưu lần nào", "never"}
	BackupTodo   = Phrase{"chạy “lensan backup” mỗi đêm", "run `lensan backup` every night"}
)
