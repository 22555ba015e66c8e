package text

// What a run is doing on a marketplace while none of its SKUs is done.
var (
	DoingShops = Phrase{"đang lập gian hàng {done}/{total}", "making shops {done}/{total}"}
	DoingSent  = Phrase{"đã gửi {n}, đang đọc lại", "{n} sent, being read back"}
)
