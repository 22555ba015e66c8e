package text

// What the commands say beside their results.

// Misuse of the command line.
var (
	BadArguments   = Phrase{"Cách dùng: {use}. Xem: lensan help {command}.", "Usage: {use}. See: lensan help {command}."}
	BadOutput      = Phrase{"-o {value}: chỉ có table, json, csv.", "-o {value}: there are table, json and csv."}
	BadOption      = Phrase{"--option {value}: cần MỤC=GIÁ_TRỊ.", "--option {value}: want KEY=VALUE."}
	UnknownCommand = Phrase{"Không có lệnh “{name}”.{did_you_mean} Xem: lensan help.", "There is no command “{name}”.{did_you_mean} See: lensan help."}
	DidYouMean     = Phrase{" Có phải là “{name}”?", " Did you mean “{name}”?"}
	UnknownFlag    = Phrase{"Không có tùy chọn {name}. Xem: {command} --help.", "There is no flag {name}. See: {command} --help."}
	FlagNeedsValue = Phrase{"Tùy chọn {name} cần một giá trị.", "The flag {name} needs a value."}
	FlagBadValue   = Phrase{"{name}: giá trị “{value}” không dùng được.", "{name}: the value “{value}” can't be used."}
	FlagSyntax     = Phrase{"Tùy chọn viết chưa đúng: {name}.", "The flag is not written right: {name}."}
	BadPolicy      = Phrase{"--policy {value}: chỉ có observe, create-only, upsert-only, sync.", "--policy {value}: there are observe, create-only, upsert-only and sync."}
	BadOnly        = Phrase{"--only {value}: chỉ có new, changed, failed[:LÝ_DO], drifted, left-out.", "--only {value}: there are new, changed, failed[:REASON], drifted and left-out."}
	BadStars       = Phrase{"--stars {value}: từ 1 đến 5.", "--stars {value}: from 1 to 5."}
	BadSet         = Phrase{"--set {value}: từ 01 đến 26.", "--set {value}: from 01 to 26."}
	BadDay         = Phrase{"{name} {value}: cần một ngày có thật, ví dụ 2026-11-24 hoặc 24/11/2026.", "{name} {value}: want a day that exists, for example 2026-11-24 or 24/11/2026."}
	NoMarketplace  = Phrase{"Không có sàn “{name}”: có {have}.", "There is no marketplace “{name}”: there are {have}."}
	LaneOff        = Phrase{"Kênh {lane} đang tắt: đặt {name}=true.", "The lane {lane} is off: set {name}=true."}
)

// Ends of a command.
var (
	Interrupted  = Phrase{"Đã dừng theo yêu cầu; chạy lại sẽ làm tiếp.", "Interrupted; a later run goes on from here."}
	Internal     = Phrase{"Lỗi nội bộ: {why}", "Internal error: {why}"}
	DataDirBad   = Phrase{"Không ghi được vào thư mục dữ liệu {dir}: {why}. Đặt LENSAN_DATA_DIR là thư mục ghi được.", "The data folder {dir} can't be written to: {why}. Set LENSAN_DATA_DIR to a folder that can."}
	PortInUse    = Phrase{"Cổng {addr} đang có chương trình khác dùng: đặt {name} là cổng khác.", "The port {addr} is in use by another program: set {name} to another one."}
	PortBad      = Phrase{"Không mở được cổng {addr}: {why}. Sửa {name}.", "The port {addr} can't be opened: {why}. Mend {name}."}
	DatabaseBad  = Phrase{"Không mở được cơ sở dữ liệu {url}: {why}. Sửa LENSAN_DATABASE_URL.", "The database {url} can't be opened: {why}. Mend LENSAN_DATABASE_URL."}
	DatabaseOff  = Phrase{"Cơ sở dữ liệu {url} không trả lời: {why}.", "The database {url} does not answer: {why}."}
	DatabaseBusy = Phrase{"Cơ sở dữ liệu {url} đang bận: một lệnh khác đang ghi, thường là một lần nạp lớn. Chưa ghi gì; chờ lệnh kia xong rồi chạy lại.", "The database {url} is busy: another command is writing, most often a large import. Nothing was written; run this again when that one has ended."}
	DatabaseFull = Phrase{"Ổ đĩa của cơ sở dữ liệu {url} đã đầy: dọn chỗ trống rồi chạy lại; không có gì bị mất, việc đang chạy sẽ tự làm tiếp.", "The disk of the database {url} is full: make room and run it again; nothing is lost, and what runs goes on by itself."}
	QueueBad     = Phrase{"Hàng đợi {url} không dùng được: {why}. Sửa LENSAN_REDIS_URL.", "The queue {url} can't be used: {why}. Mend LENSAN_REDIS_URL."}
	SchemaBad    = Phrase{"Bảng dữ liệu là phiên bản {have}, chương trình cần {want}: chạy “lensan migrate”.", "The database's tables are of version {have}, this program needs {want}: run “lensan migrate”."}
	SchemaNewer  = Phrase{"Bảng dữ liệu là phiên bản {have}, mới hơn chương trình ({want}): dùng bản lensan mới hơn.", "The database's tables are of version {have}, newer than this program ({want}): use a newer lensan."}
	NoRun        = Phrase{"Không có lượt “{run}”. Xem: lensan runs.", "There is no run “{run}”. See: lensan runs."}
	RunEnded     = Phrase{"Lượt {run} đã kết thúc.", "The run {run} has ended."}
	ScopeEmpty   = Phrase{"Phạm vi này không khớp mã hàng nào.", "The scope matches no SKU."}
	RealWrites   = Phrase{
		"{lane} trỏ tới {url}: bản này chỉ ghi vào sandbox hoặc máy này (127.0.0.1). Đặt {name}=sandbox, hoặc dùng --policy observe.",
		"{lane} points at {url}: this version writes only to the sandbox or to this machine (127.0.0.1). Set {name}=sandbox, or use --policy observe."}
	SampleRealLane = Phrase{
		"Cơ sở dữ liệu này giữ danh sách mẫu, mà {lane} trỏ tới {url}: dùng cơ sở dữ liệu khác (LENSAN_DATA_DIR), hoặc đặt {name}=sandbox.",
		"This database holds the sample register while {lane} points at {url}: use another database (LENSAN_DATA_DIR), or set {name}=sandbox."}
	WorkerEmbedded = Phrase{"“lensan worker” cần Redis: đặt LENSAN_REDIS_URL=redis://…; một tiến trình thì dùng “lensan up”.", "“lensan worker” needs Redis: set LENSAN_REDIS_URL=redis://…; for one process use “lensan up”."}
	OtherAccount   = Phrase{
		"{lane}: cơ sở dữ liệu này thuộc về tài khoản {had}, không phải {have}. Sửa lại cấu hình, hoặc dùng cơ sở dữ liệu khác.",
		"{lane}: this database belongs to the account {had}, not {have}. Mend the configuration, or use another database."}
)

// Progress of long work.
var (
	ProgressLane   = Phrase{"{lane}: {done}/{total} mã hàng", "{lane}: {done}/{total} SKUs"}
	ProgressRate   = Phrase{" · {rate}/giây · còn {left}", " · {rate}/s · {left} left"}
	ProgressDone   = Phrase{" · xong", " · done"}
	ProgressFailed = Phrase{" · {n} không thành công", " · {n} failed"}
	ProgressAlive  = Phrase{"{state} · đã chạy {since} · cập nhật lúc {clock}", "{state} · running for {since} · updated at {clock}"}
)

// Talk of sync and up.
var (
	Sandbox        = Phrase{"MÔI TRƯỜNG THỬ (SANDBOX): sàn giả lập trên máy này, không phải sàn thật.", "SANDBOX: simulated marketplaces on this machine, not the real ones."}
	SandboxShort   = Phrase{"MÔI TRƯỜNG THỬ (SANDBOX)", "SANDBOX"}
	SampleLoaded   = Phrase{"Đã nạp danh sách mẫu: {products} sản phẩm, {skus} mã hàng.", "Loaded the sample register: {products} products, {skus} SKUs."}
	DayFixed       = Phrase{"Ngày được giữ ở {day}.", "The day is fixed at {day}."}
	UpServing      = Phrase{"Trang điều hành: http://{addr}/", "Dashboard: http://{addr}/"}
	UpWaiting      = Phrase{"Tiến trình khác ({host}) đang xử lý; chờ đến lượt.", "Another process ({host}) is working; waiting for it."}
	Stopping       = Phrase{"Đang dừng…", "Stopping…"}
	Queued         = Phrase{"Lượt {run}: đã xếp hàng.", "Run {run}: queued."}
	QueuedNoHolder = Phrase{"Lượt {run}: đã xếp hàng; chưa có tiến trình xử lý nào chạy", "Run {run}: queued; no engine is running yet"}
	Joined         = Phrase{"Đã có lượt {run} cùng phạm vi; theo lượt đó.", "The run {run} has the same scope; joining it."}
	Held           = Phrase{"Lượt {run} đang giữ phạm vi này (--no-join).", "The run {run} holds this scope (--no-join)."}
	RunLine        = Phrase{"Lượt {run}: {state}. Đã làm {applied}, không đổi {unchanged}, không thành công {failed}, không đưa lên {left_out}.", "Run {run}: {state}. Applied {applied}, unchanged {unchanged}, failed {failed}, left out {left_out}."}
	LaneUnread     = Phrase{"{lane}: chưa đọc lại được nên số liệu là của lần đọc trước; khi sàn trở lại, lượt riêng của sàn này sẽ chạy tiếp. {why}", "{lane}: could not be read, so what is told of it is of the reading before; a run of its own goes on when it is back. {why}"}
	LaneFollows    = Phrase{"{lane}: sàn vắng lúc lập kế hoạch nên làm trong lượt riêng {run}, chưa xong.", "{lane}: was away when this was planned; it goes on in the run {run}, which has not ended."}
	Reviewing      = Phrase{"Chờ sàn duyệt: {n} mã hàng.", "Waiting for review: {n} SKUs."}
)

// Headings and words of results.
var (
	HeadVersion       = Phrase{"Phiên bản", "Version"}
	HeadGo            = Phrase{"Go", "Go"}
	HeadSystem        = Phrase{"Hệ máy", "System"}
	HeadKey           = Phrase{"Mục", "Key"}
	HeadValue         = Phrase{"Giá trị", "Value"}
	HeadOrigin        = Phrase{"Lấy từ", "From"}
	HeadVariable      = Phrase{"Biến môi trường", "Variable"}
	HeadStep          = Phrase{"Bước", "Step"}
	HeadSummary       = Phrase{"Số mã hàng", "SKUs"}
	HeadMarketplace   = Phrase{"Sàn", "Marketplace"}
	HeadSKU           = Phrase{"Mã hàng", "SKU"}
	HeadProduct       = Phrase{"Sản phẩm", "Product"}
	HeadCode          = Phrase{"Mã sản phẩm", "Product code"}
	HeadProducer      = Phrase{"Chủ thể", "Producer"}
	HeadProducerRef   = Phrase{"Mã chủ thể", "Reference"}
	HeadCommune       = Phrase{"Xã", "Commune"}
	HeadStars         = Phrase{"Sao", "Stars"}
	HeadValidUntil    = Phrase{"Hiệu lực đến", "Valid until"}
	HeadState         = Phrase{"Tình trạng", "State"}
	HeadOnMarket      = Phrase{"Trên sàn", "On the marketplace"}
	HeadReason        = Phrase{"Lý do", "Reason"}
	HeadLeftOutReason = Phrase{"Không đưa lên vì", "Left out because"}
	HeadWho           = Phrase{"Người xử lý", "Who fixes it"}
	HeadSeen          = Phrase{"Đọc lúc", "Seen"}
	HeadRun           = Phrase{"Lượt", "Run"}
	HeadKind          = Phrase{"Việc", "Kind"}
	HeadPolicy        = Phrase{"Chính sách", "Policy"}
	HeadTrigger       = Phrase{"Từ đâu", "Asked by"}
	HeadBy            = Phrase{"Ai", "By"}
	HeadCreated       = Phrase{"Lúc yêu cầu", "Asked at"}
	HeadTook          = Phrase{"Thời gian", "Took"}
	HeadPlanned       = Phrase{"Phải làm", "Planned"}
	HeadApplied       = Phrase{"Đã làm", "Applied"}
	HeadFailed        = Phrase{"Lỗi", "Failed"}
	HeadLeftOut       = Phrase{"Bỏ ngoài", "Left out"}
	HeadWhen          = Phrase{"Lúc", "When"}
	HeadEvent         = Phrase{"Việc", "Event"}
	HeadDetail        = Phrase{"Chi tiết", "Detail"}
	HeadOps           = Phrase{"Thay đổi", "Change"}
	HeadDiff          = Phrase{"Khác nhau", "Difference"}
	HeadCheck         = Phrase{"Kiểm tra", "Check"}
	HeadResult        = Phrase{"Kết quả", "Result"}
	HeadTodo          = Phrase{"Cần làm", "What to do"}
	HeadCount         = Phrase{"Số lượng", "Count"}
	HeadFact          = Phrase{"Điều biết", "Fact"}
	WordDefault       = Phrase{"mặc định", "default"}
	WordYes           = Phrase{"có", "yes"}
	WordNo            = Phrase{"không", "no"}
	AllSKUs           = Phrase{"Tất cả mã hàng", "All SKUs"}
	Total             = Phrase{"Cộng", "Total"}
	WithoutSKU        = Phrase{"Ngoài ra có {n} sản phẩm chưa có mã hàng (lensan status --products).", "Beside them {n} products have no SKU (lensan status --products)."}
	SchemaIs          = Phrase{"Bảng dữ liệu: phiên bản {have}; chương trình cần {want}.", "Database tables: version {have}; this program needs {want}."}
)

// More headings, words and answers.
var (
	HeadScope      = Phrase{"Phạm vi", "Scope"}
	WordAll        = Phrase{"tất cả", "all"}
	Partial        = Phrase{"một phần", "in part"}
	CancelAsked    = Phrase{"Lượt {run}: đã yêu cầu hủy; các yêu cầu đang gửi dở sẽ xong trước.", "Run {run}: cancelling; the requests in flight end first."}
	RunPaused      = Phrase{"Lượt {run}: tạm dừng.", "Run {run}: paused."}
	RunResumed     = Phrase{"Lượt {run}: chạy tiếp.", "Run {run}: resumed."}
	LanePaused     = Phrase{"Kênh {lane}: tạm dừng.", "Lane {lane}: paused."}
	LaneResumed    = Phrase{"Kênh {lane}: chạy tiếp.", "Lane {lane}: resumed."}
	RunOrLane      = Phrase{"Cần đúng một trong hai: mã lượt, hoặc tên sàn.", "Give exactly one of the two: a run's id, or a marketplace."}
	Exported       = Phrase{"Đã ghi {n} dòng vào {file}.", "Wrote {n} rows to {file}."}
	FileNotWritten = Phrase{"Không ghi được {file}: {why}.", "{file} can't be written: {why}."}
	FactURL        = Phrase{"Địa chỉ", "Address"}
	FactAssumed    = Phrase{"Giao diện là giả định", "Contract is assumed"}
	FactRate       = Phrase{"Yêu cầu mỗi giây", "Requests a second"}
	FactFields     = Phrase{"Trường thông tin", "Fields"}
	FactReview     = Phrase{"Đổi thì phải duyệt lại", "A change goes to review"}
	FactBatch      = Phrase{"Số mã hàng mỗi yêu cầu", "Items in one request"}
	FactKeys       = Phrase{"Khóa chống tạo trùng", "Idempotency keys live"}
	FactLag        = Phrase{"Danh sách trễ nhiều nhất", "Lists lag at most"}
	FactToken      = Phrase{"Chỉ một phiên đăng nhập", "One sign-in at a time"}
	FactWebhooks   = Phrase{"Tự báo thay đổi (webhook)", "Tells of changes (webhook)"}
	FactNotSold    = Phrase{"Bộ sản phẩm không bán", "Product sets not sold"}
	FactImages     = Phrase{"Ảnh", "Pictures"}
	ImageFact      = Phrase{"nhiều nhất {max}; cạnh {from} đến {to} điểm ảnh", "at most {max}; sides of {from} to {to} pixels"}
)

// Answers of plan and of waiting commands.
var (
	RemoteID     = Phrase{"mã tin trên sàn", "listing"}
	LeftOutHow   = Phrase{"Xem từng mã hàng không đưa lên: lensan plan --only left-out", "To see each SKU left out: lensan plan --only left-out"}
	PlanMade     = Phrase{"Kế hoạch {plan}, mã kiểm tra {checksum}, xét ngày {day}: {changes} thay đổi, {unchanged} không đổi, {left_out} không đưa lên.", "Plan {plan}, checksum {checksum}, as of {day}: {changes} changes, {unchanged} unchanged, {left_out} left out."}
	ReadAge      = Phrase{"{lane}: đọc toàn bộ lần cuối {ago}.", "{lane}: last read whole {ago}."}
	ReadNever    = Phrase{"{lane}: chưa đọc toàn bộ lần nào; lượt đồng bộ sẽ đọc trước khi làm.", "{lane}: never read whole; a sync reads it before it changes anything."}
	BrakeWould   = Phrase{"Chốt an toàn {brake} trên {lane} sẽ dừng lượt này: {asked}, nhiều nhất {max}.", "The brake {brake} on {lane} would stop this run: {asked}, at most {max}."}
	DeadlineOver = Phrase{"Hết thời hạn; chạy lại sẽ làm tiếp.", "The deadline is reached; a later run goes on."}
)

// What doctor looks at and finds.
var (
	CheckFolder     = Phrase{"Thư mục dữ liệu", "Data folder"}
	CheckDatabase   = Phrase{"Cơ sở dữ liệu", "Database"}
	CheckClock      = Phrase{"Đồng hồ", "Clock"}
	CheckDay        = Phrase{"Ngày", "Day"}
	CheckQueue      = Phrase{"Hàng đợi", "Queue"}
	CheckReasons    = Phrase{"Danh mục lý do", "Catalogue of reasons"}
	ReasonUnknown   = Phrase{"mã {code} chưa có trong danh mục: {n} mã hàng", "the code {code} is not in the catalogue: {n} SKUs"}
	ReasonTodo      = Phrase{"báo người làm chương trình", "report it to the program's developers"}
	CheckEngine     = Phrase{"Tiến trình xử lý", "Engine"}
	CheckLane       = Phrase{"Kênh", "Lane"}
	ClockOff        = Phrase{"máy này lệch {by} so với cơ sở dữ liệu", "this machine is {by} off the database's clock"}
	ClockOffOf      = Phrase{"máy này lệch {by} so với {what}", "this machine is {by} off the clock of {what}"}
	ClockTodo       = Phrase{"bật đồng bộ giờ (NTP) trên máy này", "switch on time synchronisation (NTP) on this machine"}
	EngineRuns      = Phrase{"đang chạy", "running"}
	EngineNone      = Phrase{"chưa có tiến trình nào", "none"}
	EngineTodo      = Phrase{"chạy “lensan up” (hoặc “lensan worker”) khi cần đồng bộ", "run “lensan up” (or “lensan worker”) to sync"}
	SandboxAsleep   = Phrase{"sandbox, hiện không chạy", "sandbox, not running now"}
	LaneWell        = Phrase{"{url} trả lời sau {took}", "{url} answered in {took}"}
	LaneReadOnly    = Phrase{"(bản này chỉ đọc, không ghi)", "(this version only reads there)"}
	LaneRefused     = Phrase{"sàn không nhận thông tin đăng nhập", "the marketplace refuses the sign-in"}
	LaneRefusedTodo = Phrase{"kiểm tra các mục {names}…", "check the settings {names}…"}
	LaneSilent      = Phrase{"{url} không trả lời", "{url} does not answer"}
	LaneURLTodo     = Phrase{"kiểm tra {name}={url}", "check {name}={url}"}
	QueueEmbedded   = Phrase{"trong tiến trình (embedded)", "inside the process (embedded)"}
)

// Talk of the sandbox.
var (
	SandboxFile = Phrase{"Không mở được tệp sandbox {file}: {why}.", "The sandbox's file {file} can't be opened: {why}."}
	WordControl = Phrase{"Điều khiển", "Control "}
)

// Talk of import.
var (
	FileNotRead       = Phrase{"Không đọc được {file}: {why}.", "{file} can't be read: {why}."}
	FileMissing       = Phrase{"không có tệp này", "there is no such file"}
	FileForbidden     = Phrase{"không có quyền đọc", "reading is not permitted"}
	FileNotWorkbook   = Phrase{"không phải bảng tính đọc được; lưu lại dạng .xlsx không mật khẩu", "not a workbook that can be read; save it as .xlsx without a password"}
	FileOldExcel      = Phrase{"tệp Excel cũ (.xls) hoặc có mật khẩu; lưu lại dạng .xlsx không mật khẩu", "an old Excel file (.xls) or one with a password; save it as .xlsx without a password"}
	FileDamaged       = Phrase{"tệp bị hỏng hoặc bị cắt ngang", "the file is damaged or cut short"}
	FileTooLarge      = Phrase{"tệp quá lớn, hoặc có ô dài khác thường; tách thành nhiều tệp rồi nạp lại", "the file is too large, or holds a cell beyond all measure; split it and import again"}
	FileNoTable       = Phrase{"không thấy dòng tiêu đề của danh sách: cần cột mã sản phẩm hoặc mã hàng và ít nhất một cột nữa", "no headings of a register were found: a product code or SKU and at least one more column are needed"}
	FileBadCSV        = Phrase{"CSV hỏng: dấu ngoặc kép mở hoặc đóng sai chỗ", "the CSV is broken: a quotation mark opens or closes in the wrong place"}
	FileEmpty         = Phrase{"tệp trống", "the file is empty"}
	FileWebPage       = Phrase{"là trang web hoặc XML mang tên bảng tính; mở bằng Excel rồi lưu lại (Save As) dạng .xlsx", "a web page or XML under a spreadsheet's name; open it in Excel and save it as .xlsx"}
	FileOtherBook     = Phrase{"bảng tính dạng .ods hoặc .xlsb; mở ra và lưu lại dạng .xlsx", "a workbook of the kind .ods or .xlsb; open it and save it as .xlsx"}
	FileOldFont       = Phrase{"{place}: tiêu đề “{value}” gõ bằng phông cũ {font}, không phải Unicode (có lẽ là “{means}”). Chuyển cả tệp sang Unicode, ví dụ bằng UniKey: sao chép, bấm Ctrl+Shift+F6, nguồn {font}, đích Unicode, dán lại; rồi nạp lại", "{place}: the heading “{value}” is written in the old font {font}, not in Unicode (it seems to say “{means}”). Convert the whole file to Unicode, for example with UniKey (Ctrl+Shift+F6), and import it again"}
	FileMojibake      = Phrase{"{place}: tiêu đề “{value}” bị vỡ mã (có lẽ là “{means}”). Xuất lại tệp với mã UTF-8 rồi nạp lại", "{place}: the heading “{value}” has a broken encoding (it seems to say “{means}”). Export the file again as UTF-8 and import that"}
	FileHeadings      = Phrase{"{where}, dòng {row}: nhận ra cột {known}; không nhận ra cột {unknown}. Không thấy cột mã sản phẩm OCOP hoặc mã hàng (SKU): đặt đúng tên cột đó rồi nạp lại", "{where}, row {row}: recognised the columns {known}; not recognised: {unknown}. There is no column of OCOP product codes or of SKUs: give it its name and import again"}
	FileHeadingsKnown = Phrase{"{where}, dòng {row}: nhận ra cột {known}. Không thấy cột mã sản phẩm OCOP hoặc mã hàng (SKU): thêm cột đó rồi nạp lại", "{where}, row {row}: recognised the columns {known}. There is no column of OCOP product codes or of SKUs: add it and import again"}
	NoFolder          = Phrase{"{name}: không có thư mục {dir}.", "{name}: there is no folder {dir}."}
	NotHeld           = Phrase{"--confirm {id}: không có lần nhập nào bị giữ với đúng các tệp này.", "--confirm {id}: no held import has exactly these files."}
	BadComplete       = Phrase{"--complete {value}: cần all, hoặc commune=…, district=…, set=…, stars=…, producer=…, product=….", "--complete {value}: want all, or commune=…, district=…, set=…, stars=…, producer=…, product=…."}
)

// What is wrong with the queue.
var (
	QueueURLBad = Phrase{"địa chỉ viết chưa đúng", "the address is not written right"}
	QueueSilent = Phrase{"máy chủ không trả lời", "the server does not answer"}
	QueueOld    = Phrase{"{have} quá cũ, cần {want}", "{have} is too old, want {want}"}
	QueueEvicts = Phrase{"{have} có thể làm mất việc đang chờ, cần {want}", "{have} may throw waiting work away, want {want}"}
)

// More talk of up and worker.
var (
	NothingYet = Phrase{"Chưa có dữ liệu: nhập danh sách bằng “lensan import TỆP”.", "There is no data yet: import a register with “lensan import FILE”."}
	SampleDay  = Phrase{"Danh sách mẫu: ngày của chương trình được giữ ở {day}, ngày của chính danh sách.", "Sample register: the program's day is fixed at {day}, the register's own."}
	UpStays    = Phrase{"Đang chạy tại http://{addr}/ ; bấm Ctrl-C để dừng.", "Running at http://{addr}/ ; press Ctrl-C to stop."}
	WorkerRuns = Phrase{"Bộ xử lý đang chạy; bấm Ctrl-C để dừng.", "The worker runs; press Ctrl-C to stop."}
)

// NoWorker is said where a command waits and nobody works.
var NoWorker = Phrase{"Chưa có bộ xử lý nào chạy (lensan worker); đang chờ.", "No worker is running (lensan worker); waiting."}

// Talk of producers, SKUs, decisions, retries and users.
var (
	HeadProducts     = Phrase{"Sản phẩm", "Products"}
	HeadNamesakes    = Phrase{"Trùng tên", "Namesakes"}
	HeadMerged       = Phrase{"Đã gộp vào", "Merged into"}
	HeadDecision     = Phrase{"Mã", "ID"}
	HeadStake        = Phrase{"Ảnh hưởng", "At stake"}
	HeadChoices      = Phrase{"Trả lời", "Answers"}
	HeadUser         = Phrase{"Tên", "Name"}
	HeadRole         = Phrase{"Vai trò", "Role"}
	NoProducers      = Phrase{"Không gộp được: {kept} và {gone} phải là hai chủ thể khác nhau đang có. Xem: lensan producers.", "These can't be merged: {kept} and {gone} must be two different producers. See: lensan producers."}
	ProducersMerged  = Phrase{"Đã gộp {gone} vào {kept}: {n} sản phẩm chuyển theo.", "Merged {gone} into {kept}: {n} products moved."}
	NoSKU            = Phrase{"Không có mã hàng “{sku}”.", "There is no SKU “{sku}”."}
	SKUTaken         = Phrase{"Mã hàng “{sku}” đã có trên sàn: không đổi sang mã này được.", "The SKU “{sku}” has a listing of its own: nothing can be renamed to it."}
	SKUBusy          = Phrase{"{sku}: đang có việc làm dở; thử lại sau ít phút.", "{sku}: something is under way; try again in some minutes."}
	SKURenamed       = Phrase{"Đã đổi mã hàng {old} thành {new}; hàng trên sàn giữ nguyên liên kết.", "Renamed SKU {old} to {new}; its listings stay linked."}
	NoDecision       = Phrase{"Không có việc “{id}”. Xem: lensan decisions.", "There is no decision “{id}”. See: lensan decisions."}
	DecisionClosed   = Phrase{"Việc {id} không còn chờ trả lời.", "The decision {id} is no longer open."}
	NoChoice         = Phrase{"“{choice}” không phải câu trả lời; có: {have}.", "“{choice}” is no answer to it; there are: {have}."}
	DecisionResolved = Phrase{"Đã ghi câu trả lời {choice} cho việc {id}.", "Recorded {choice} for the decision {id}."}
	NothingToRetry   = Phrase{"Lượt {run} không có mã hàng nào để chạy lại.", "The run {run} has nothing to try again."}
	Retrying         = Phrase{"Chạy lại {n} mã hàng.", "Trying {n} SKUs again."}
	NoRuns           = Phrase{"Chưa có lượt nào.", "There is no run yet."}
	RunStillOpen     = Phrase{"Lượt {run} chưa kết thúc.", "The run {run} has not ended."}
	NoBrake          = Phrase{"--allow {name}: không có chốt này; có: {have}.", "--allow {name}: there is no such brake; there are: {have}."}
	LiftNeedsReason  = Phrase{"--allow cần --reason: nêu lý do, để ghi vào nhật ký.", "--allow needs --reason: say why, for the record."}
	NoPlan           = Phrase{"Không có kế hoạch “{plan}”. Xem: lensan plan.", "There is no plan “{plan}”. See: lensan plan."}
	NoUsersFile      = Phrase{"Đặt LENSAN_DASHBOARD_USERS_FILE là tệp người dùng.", "Set LENSAN_DASHBOARD_USERS_FILE to the users' file."}
	AskPassword      = Phrase{"Mật khẩu (10 đến 72 ký tự): ", "Password (10 to 72 characters): "}
	BadUser          = Phrase{"Không dùng được: {why}.", "This can't be used: {why}."}
	UserSaved        = Phrase{"Đã lưu người dùng {name} ({role}).", "Saved the user {name} ({role})."}
	UserRemoved      = Phrase{"Đã bỏ người dùng {name}.", "Removed the user {name}."}
	NoUser           = Phrase{"Không có người dùng “{name}”.", "There is no user “{name}”."}
)

// Nothing is said where a list is empty.
var Nothing = Phrase{"Không có gì.", "There is nothing."}
