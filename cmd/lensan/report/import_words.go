package report

import "lensan/cmd/lensan/text"

// The words of the report on an import.
var (
	importApplied = text.Phrase{VI: "Đã nhận lần nạp {id}.", EN: "Import {id} was taken over."}
	importSame    = text.Phrase{VI: "Lần nạp {id}: không có gì thay đổi.", EN: "Import {id}: nothing changed."}
	importDryRun  = text.Phrase{VI: "CHẠY THỬ: không ghi gì. Nếu nạp thật thì kết quả như sau.", EN: "DRY RUN: nothing was written. A real import would do this."}
	importHeld    = text.Phrase{VI: "TẠM GIỮ lần nạp {id}: chưa có gì thay đổi, cần người xác nhận.", EN: "Import {id} is HELD: nothing has changed, a person must confirm it."}
	importFiles   = text.Phrase{VI: "Tệp: {files}", EN: "Files: {files}"}

	sheetRead    = text.Phrase{VI: "{kind}, {n} dòng", EN: "{kind}, {n} rows"}
	sheetHidden  = text.Phrase{VI: "trang tính ẩn, không đọc", EN: "hidden, not read"}
	sheetUnknown = text.Phrase{VI: "không nhận ra tiêu đề cột, không đọc", EN: "no headings recognised, not read"}
	sheetIgnored = text.Phrase{VI: "Cột không nhận ra: {columns}", EN: "Columns not recognised: {columns}"}
	sheetFields  = text.Phrase{VI: "Cột đã nhận ra: {columns}", EN: "Columns recognised: {columns}"}
	sheetMissing = text.Phrase{VI: "CHƯA CÓ CỘT: {columns}. Nếu cột mang tên khác thì đặt đúng tên rồi nạp lại; sản phẩm mới thiếu cột này chưa lên sàn được.", EN: "MISSING COLUMNS: {columns}. If a column goes by another name, give it this one and import again; new products without it can't be listed."}
	sheetKinds   = map[string]text.Phrase{
		"products":      {VI: "danh sách sản phẩm", EN: "register of products"},
		"skus":          {VI: "thông tin bán hàng", EN: "what is sold"},
		"communes":      {VI: "danh mục xã", EN: "communes"},
		"products+skus": {VI: "danh sách sản phẩm và thông tin bán hàng", EN: "products and what is sold"},
	}

	importProducts = text.Phrase{
		VI: "{rows} dòng danh sách, {products} sản phẩm, trong đó {stars} từ 3 sao trở lên và không bị thu hồi.",
		EN: "{rows} register rows, {products} products, {stars} of them awarded 3 stars or better and not revoked."}
	importSKUs = text.Phrase{VI: "{skus} mã hàng.", EN: "{skus} SKUs."}

	countRead         = text.Phrase{VI: "đã đọc", EN: "read"}
	countAdded        = text.Phrase{VI: "thêm mới", EN: "added"}
	countChanged      = text.Phrase{VI: "thay đổi", EN: "changed"}
	countUnchanged    = text.Phrase{VI: "giữ nguyên", EN: "unchanged"}
	countCommunes     = text.Phrase{VI: "Xã/phường", EN: "Communes"}
	countProducers    = text.Phrase{VI: "Chủ thể", EN: "Producers"}
	countProducts     = text.Phrase{VI: "Sản phẩm", EN: "Products"}
	countRecognitions = text.Phrase{VI: "Quyết định công nhận", EN: "Recognitions"}
	countSKUs         = text.Phrase{VI: "Mã hàng", EN: "SKUs"}
	countPictures     = text.Phrase{VI: "Ảnh", EN: "Pictures"}

	importRenamed     = text.Phrase{VI: "{n} mã hàng đổi tên theo khai báo.", EN: "{n} SKUs renamed as declared."}
	importWithdrawals = text.Phrase{VI: "{n} sản phẩm không còn trong danh sách: chờ quyết định, chưa gỡ gì.", EN: "{n} products are no longer in the register: for a person to decide, nothing is taken down."}
	importReturned    = text.Phrase{VI: "{n} sản phẩm có lại trong danh sách.", EN: "{n} products are back in the register."}
	importSuccessions = text.Phrase{VI: "{n} mã hàng mới có thể là mã cũ đổi tên: chờ quyết định.", EN: "{n} new SKUs may be old ones renamed: for a person to decide."}

	heldBecause = text.Phrase{VI: "Vì sao tạm giữ:", EN: "Why it is held:"}
	heldHardest = text.Phrase{VI: "Các sản phẩm bị ảnh hưởng nhiều nhất:", EN: "The products hit hardest:"}
	heldConfirm = text.Phrase{VI: "Nếu đúng, nạp lại cùng các tệp với --confirm {id}.", EN: "If it is right, import the same files again with --confirm {id}."}

	noDoubts     = text.Phrase{VI: "Không có ô nào cần xem lại.", EN: "No doubtful cells."}
	doubtsHead   = text.Phrase{VI: "{n} ô cần xem lại ({refused} dòng không được nhận):", EN: "{n} doubtful cells ({refused} rows left out):"}
	picturesHead = text.Phrase{VI: "{n} ảnh chưa dùng được:", EN: "{n} pictures that can't be used:"}
	emptyCell    = text.Phrase{VI: "(ô trống)", EN: "(empty cell)"}
)
