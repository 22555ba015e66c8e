package text

// What a run is doing on a marketplace while none of its SKUs is done.
var (
	DoingShops = Phrase{"đang lập gian hàng {done}/{total}", "making shops {done}/{total}"}
	DoingSent  = Phrase{"đã gửi {n}, đang đọc lại", "{n} sent, being read back"}
)

// Words of single commands.
var (
	HeadTables    = Phrase{"Bảng dữ liệu", "Tables"}
	SKUSame       = Phrase{"Mã hàng mới phải khác mã hàng cũ.", "The new code must be another than the old one."}
	FlagOnlyShown = Phrase{"chỉ `LOẠI`: failed[:LÝ_DO], left-out", "only `KIND`: failed[:REASON], left-out"}
	OnlyNeedsPlan = Phrase{"--only {value} cần lập kế hoạch: dùng “lensan plan --only {value}”.", "--only {value} needs a plan: use “lensan plan --only {value}”."}
)
