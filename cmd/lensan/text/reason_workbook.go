package text

import "lensan/store/catalog"

// workbookReasons are those of lanes that people work by hand, with Excel files
// and exported lists. {file} is an upload file, {list} the newest list; {words}
// says which list and where in it.
var workbookReasons = map[string]sentence{
	"workbook.to_upload": {
		vi: "Đang chờ tải lên bằng tay[[: tệp {file}]].", en: "Waiting to be uploaded by hand[[: the file {file}]].",
		fixVI: "Tải tệp trong thư mục 1-can-tai-len lên trang người bán, chuyển tệp sang 2-da-tai-len, rồi bỏ danh sách xuất từ sàn vào 3-danh-sach-tu-san.",
		fixEN: "Upload the file in 1-can-tai-len in the seller portal, move it to 2-da-tai-len, then drop the exported list into 3-danh-sach-tu-san.",
		who:   catalog.WhoOperator,
	},
	"workbook.to_read_back": {
		vi: "Đã tải lên[[ tệp {file}]]; đang chờ danh sách xuất từ sàn để biết kết quả.", en: "Uploaded[[ with the file {file}]]; waiting for a list from the marketplace to see what came of it.",
		fixVI: "Khi sàn xử lý xong, xuất danh sách tất cả sản phẩm và bỏ vào thư mục 3-danh-sach-tu-san.", fixEN: "When the marketplace is done, export the list of all products and drop it into 3-danh-sach-tu-san.",
		who: catalog.WhoOperator,
	},
	"workbook.not_taken": {
		vi: "Đã tải lên[[ bằng tệp {file}]] nhưng danh sách xuất từ sàn[[ ({list})]] không có sản phẩm này.", en: "Uploaded[[ with the file {file}]], but the marketplace's list[[ ({list})]] does not show it.",
		fixVI: "Xem thông báo lỗi của sàn sau lần tải; sửa dữ liệu trong danh sách OCOP. Danh sách xuất phải gồm sản phẩm ở mọi trạng thái.",
		fixEN: "Read what the marketplace said after the upload and mend the data in the register. The exported list must hold products in every state.",
		who:   catalog.WhoOperator,
	},
	"workbook.file_unknown": {
		vi: "Không rõ tệp nào đã ghi thay đổi này; đang chờ danh sách mới từ sàn.", en: "It is not known which file holds this change; waiting for a newer list from the marketplace.",
		fixVI: "Tải hết các tệp đang chờ, rồi xuất danh sách tất cả sản phẩm và bỏ vào thư mục 3-danh-sach-tu-san.", fixEN: "Upload the files that wait, then export the list of all products and drop it into 3-danh-sach-tu-san.",
		who: catalog.WhoOperator,
	},
	"workbook.sku_mangled": {
		vi: "Danh sách xuất từ sàn[[ ({list})]] có một mã hàng giống mã này nhưng mất số 0 ở đầu.", en: "The marketplace's list[[ ({list})]] has this SKU without its leading zeros.",
		fixVI: "Không mở rồi lưu lại danh sách bằng Excel; xuất lại dạng .xlsx và bỏ vào thư mục. Nếu trên sàn cũng mất số 0, sửa mã hàng trên sàn.",
		fixEN: "Do not open and save the list in Excel; export it anew as .xlsx. If the marketplace lacks the zeros too, mend the SKU there.",
		who:   catalog.WhoOperator,
	},
	"workbook.no_list": workbookList("Chưa có danh sách xuất từ sàn nên chưa biết trên sàn đang có gì.", "There is no list from the marketplace, so nobody knows what stands there.",
		"Xuất danh sách tất cả sản phẩm từ trang người bán và bỏ vào thư mục[[: {words}]]. Nếu trên sàn chưa có gì, chép tệp mau-danh-sach-trong.xlsx vào đó.",
		"Export the list of all products in the seller portal and drop it into the folder[[: {words}]]. If nothing stands there yet, copy mau-danh-sach-trong.xlsx into it."),
	"workbook.list_before_restore": workbookList("Danh sách xuất từ sàn cũ hơn lần khôi phục dữ liệu.", "The list from the marketplace is older than the restore of the record.",
		"Xuất lại danh sách tất cả sản phẩm từ trang người bán và bỏ vào thư mục.", "Export the list of all products in the seller portal again and drop it into the folder."),
	"workbook.list_damaged": workbookList("Không mở được danh sách xuất từ sàn[[: {words}]].", "The list from the marketplace can't be opened[[: {words}]].",
		"Xuất lại danh sách và bỏ vào thư mục 3-danh-sach-tu-san.", "Export it again and drop it into 3-danh-sach-tu-san."),
	"workbook.list_cut_short": workbookList("Danh sách xuất từ sàn bị cắt cụt[[: {words}]].", "The list from the marketplace is cut short[[: {words}]].",
		"Xuất lại danh sách; chờ tải xong mới chép vào thư mục.", "Export it again, and copy it when the download has ended."),
	"workbook.list_old_format": workbookList("Danh sách xuất từ sàn ở dạng .xls cũ[[: {words}]].", "The list from the marketplace is an old .xls file[[: {words}]].",
		"Xuất dạng .xlsx hoặc .csv.", "Export it as .xlsx or .csv."),
	"workbook.list_foreign": workbookList("Tệp mới nhất không phải danh sách sản phẩm của sàn, hoặc thiếu cột[[: {words}]].", "The newest file is no list of the marketplace's, or lacks columns[[: {words}]].",
		"Bỏ đúng danh sách xuất từ trang người bán; nếu sàn đã đổi tên cột, nhờ người quản trị sửa bảng đối chiếu cột.", "Drop the list as exported in the seller portal; if its headings have changed, have the administrator mend the mapping."),
	"workbook.list_row": workbookList("Danh sách xuất từ sàn có dòng không có mã sản phẩm[[: {words}]].", "A row of the marketplace's list has no product id[[: {words}]].",
		"Xuất lại danh sách, không sửa bằng tay.", "Export it again and do not edit it."),
	"workbook.list_number_form": workbookList("Danh sách xuất từ sàn có mã bị Excel đổi thành số[[: {words}]].", "Excel has turned a code of the marketplace's list into a number[[: {words}]].",
		"Xuất lại danh sách và bỏ thẳng vào thư mục, không mở rồi lưu bằng Excel.", "Export it again and drop it as it is, without saving it in Excel."),
	"workbook.list_state": workbookList("Danh sách xuất từ sàn có trạng thái chưa biết[[: {words}]].", "The marketplace's list has a state that is not known[[: {words}]].",
		"Nhờ người quản trị thêm từ đó vào bảng đối chiếu cột (states).", "Have the administrator add the word to the mapping (states)."),
	"workbook.folder": {
		vi: "Không đọc hoặc ghi được thư mục trao đổi tệp[[: {words}]].", en: "The folder for files can't be read or written[[: {words}]].",
		fixVI: "Kiểm tra quyền và dung lượng của thư mục.", fixEN: "Check the folder's permissions and the space left.", who: catalog.WhoAdministrator,
	},
}

// workbookList is a list that a person is to bring, or to bring again; the
// whole lane waits for it.
func workbookList(vi, en, fixVI, fixEN string) sentence {
	return sentence{vi: vi, en: en, fixVI: fixVI, fixEN: fixEN, who: catalog.WhoOperator}
}
