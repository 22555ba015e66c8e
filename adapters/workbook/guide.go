package workbook

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/xuri/excelize/v2"
)

const (
	readmeName    = "HUONG-DAN.txt"
	emptyListName = "mau-danh-sach-trong.xlsx"
)

// readme stands in the lane's folder; %[1]s is the marketplace's title.
const readme = `ĐƯA SẢN PHẨM LÊN %[1]s BẰNG TỆP EXCEL

Dùng khi đơn vị chưa có kết nối trực tiếp (API) với sàn. Chương trình không gửi gì lên sàn:
mọi tệp đều do cán bộ tải lên, và chương trình chỉ coi là xong khi đọc thấy trong danh sách xuất từ sàn.

LẦN ĐẦU
1. Vào trang người bán của %[1]s, xuất danh sách TẤT CẢ sản phẩm (mọi trạng thái) ra tệp .xlsx hoặc .csv.
2. Bỏ tệp đó vào thư mục ` + listsFolder + `. Nếu trên sàn chưa có sản phẩm nào và trang người bán
   không xuất được danh sách trống, chép tệp ` + emptyListName + ` vào đó: làm vậy là xác nhận
   trên sàn chưa có gì.
3. Chạy đồng bộ (lensan sync).

MỖI LẦN SAU ĐÓ
1. Mở thư mục ` + waitingFolder + `. Làm theo thứ tự: gian-hang, dang-moi, cap-nhat, mo-lai, an.
   Chờ đồng bộ chạy xong rồi mới lấy tệp.
2. Tệp gian-hang: mở từng gian hàng trên sàn, ghi đúng mã gian hàng trong tệp.
3. Các tệp khác: tải tệp lên ở mục đăng hàng loạt, ảnh nằm trong thư mục cùng tên có đuôi "` + picturesSuffix + `".
4. Tải xong, chuyển tệp sang thư mục ` + uploadedFolder + `.
   Tệp quyết định không tải: chuyển sang ` + discardedFolder + `; lần sau chương trình ghi tệp mới.
   Không xóa tệp, không đổi tên, không tải một tệp hai lần.
5. Khi sàn xử lý xong, xuất lại danh sách TẤT CẢ sản phẩm và bỏ vào ` + listsFolder + `.
   Danh sách mới nhất được dùng; giữ lại danh sách cũ cũng không sao.
6. Chạy đồng bộ: sản phẩm thấy trong danh sách được ghi nhận; sản phẩm đã tải mà không thấy sẽ được nêu tên.

CÁC CỘT trong tệp là phỏng đoán vì sàn chưa công bố mẫu. Trước lần tải đầu tiên hãy so với mẫu của
trang người bán; nếu khác, nhờ người quản trị sửa bảng đối chiếu cột.

Tệp gian-hang có số điện thoại và địa chỉ của chủ thể: không gửi cho người không có trách nhiệm.
Thư mục ` + ownFolder + ` là sổ của chương trình: không sửa, không xóa.
`

// steps are what to do with a file of each kind.
var steps = map[kind][]string{
	kindShops: {
		"Tệp này liệt kê các gian hàng cần mở cho chủ thể.",
		"Vào trang người bán, mở từng gian hàng theo trang tính “Gian hàng”. Ghi đúng mã gian hàng ở cột đầu tiên.",
		"Gian hàng đã có sẵn: chỉ cần điền mã gian hàng cho khớp.",
	},
	kindCreate: {
		"Tệp này đăng sản phẩm mới.",
		"Mở gian hàng trước, nếu có tệp gian-hang.",
		"Tải tệp lên ở mục đăng sản phẩm hàng loạt; chọn ảnh trong thư mục bên cạnh, tên ảnh ghi ở cột Ảnh.",
		"Mỗi tệp chỉ tải một lần: tải hai lần sẽ thành hai sản phẩm.",
	},
	kindUpdate: {
		"Tệp này sửa sản phẩm đang có trên sàn.",
		"Tải tệp lên ở mục cập nhật hàng loạt. Ô để trống là giữ nguyên; ô ghi “%s” là xóa nội dung đang có.",
	},
	kindClose: {
		"Tệp này liệt kê sản phẩm phải ẩn khỏi sàn, lý do ở cột cuối.",
		"Tải tệp lên ở mục ẩn hàng loạt, hoặc ẩn từng sản phẩm.",
	},
	kindReopen: {
		"Tệp này liệt kê sản phẩm được bán lại.",
		"Tải tệp lên ở mục hiện hàng loạt, hoặc hiện lại từng sản phẩm.",
	},
}

// lastSteps follow those of every kind.
var lastSteps = []string{
	"Xong, chuyển tệp này sang thư mục " + uploadedFolder + ". Nếu quyết định không tải, chuyển sang " + discardedFolder + ".",
	"Khi sàn xử lý xong, xuất danh sách tất cả sản phẩm và bỏ vào thư mục " + listsFolder + ".",
	"Chạy đồng bộ để chương trình ghi nhận kết quả. Chỉ khi thấy trong danh sách, sản phẩm mới được coi là đang bán.",
}

// writeGuide fills the first sheet.
func (a *Adapter) writeGuide(x *excelize.File, h *handed) error {
	bold, err := x.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 14}})
	if err != nil {
		return err
	}
	wrap, err := x.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return err
	}
	lines := []string{a.caps.Title + ": " + h.File,
		fmt.Sprintf("Ghi lúc %s, %d dòng.", h.WrittenAt.In(vietnam).Format("15:04 02/01/2006"), len(h.Rows)), ""}
	for i, s := range append(append([]string{}, steps[h.Kind]...), lastSteps...) {
		lines = append(lines, fmt.Sprintf("%d. %s", i, strings.ReplaceAll(s, "%s", a.mapping.Erase)))
	}
	lines[3] = strings.TrimPrefix(lines[3], "0. ")
	if a.caps.Assumed {
		lines = append(lines, "", "Các cột là phỏng đoán vì sàn chưa công bố mẫu: so với mẫu của trang người bán trước khi tải.")
	}
	for i, s := range lines {
		if err := x.SetCellStr(guideSheet, fmt.Sprintf("A%d", i+1), s); err != nil {
			return err
		}
	}
	if err := x.SetColWidth(guideSheet, "A", "A", 110); err != nil {
		return err
	}
	if err := x.SetCellStyle(guideSheet, "A2", fmt.Sprintf("A%d", len(lines)), wrap); err != nil {
		return err
	}
	return x.SetCellStyle(guideSheet, "A1", "A1", bold)
}

// setUp makes the folder of the lane and what explains it.
func (a *Adapter) setUp() error {
	for _, folder := range []string{waitingFolder, uploadedFolder, listsFolder, discardedFolder, filepath.Join(ownFolder, "anh")} {
		if err := os.MkdirAll(filepath.Join(a.cfg.Folder, folder), 0o700); err != nil {
			return err
		}
	}
	words := fmt.Appendf(nil, readme, a.caps.Title)
	path := filepath.Join(a.cfg.Folder, readmeName)
	if have, err := os.ReadFile(path); err != nil || string(have) != string(words) {
		if err := writeFile(path, words); err != nil {
			return err
		}
	}
	empty := filepath.Join(a.cfg.Folder, emptyListName)
	if _, err := os.Stat(empty); err == nil {
		return nil
	}
	return a.writeEmptyList(empty)
}
