package text

// CommandWords are the words of one command's help.
type CommandWords struct {
	Short, Long Phrase
	Examples    string // one command a line
}

// Commands are the words of each command, by name.
var Commands = map[string]CommandWords{
	"lensan": {Long: Phrase{
		"Lên Sàn đưa mọi sản phẩm OCOP từ 3 sao trở lên của một tỉnh lên Postmart và Voso, giữ cho đúng ở đó,\nvà nói rõ vì sao một sản phẩm chưa bán được, ai cần làm gì.",
		"Lên Sàn puts every OCOP product of 3 stars or better of a province on Postmart and Voso, keeps it right there,\nand says why a product is not on sale and who must do what about it."}},
	"help": {Short: Phrase{"Hướng dẫn của một lệnh", "Help on a command"}},
	"up": {
		Short: Phrase{"Chạy mọi thứ trong một tiến trình", "Run everything in one process"},
		Long: Phrase{
			"Chạy cơ sở dữ liệu, hàng đợi, sàn giả lập (sandbox), bộ đồng bộ và trang điều hành trong một tiến trình.\nLần đầu, với cơ sở dữ liệu trống, nạp danh sách mẫu, đồng bộ lên sàn giả lập và in bảng tổng hợp. Sau đó chạy cho đến khi bấm Ctrl-C.",
			"Run database, queue, sandbox, worker and dashboard in one process.\nAt first, with an empty database, load the sample register, sync it to the sandbox and print a summary. Then stay until Ctrl-C."},
		Examples: "lensan up\nlensan up --once\nLENSAN_DATABASE_URL=postgres://… LENSAN_REDIS_URL=redis://… lensan up",
	},
	"import": {
		Short: Phrase{"Nhập danh sách sản phẩm OCOP", "Import the register of OCOP products"},
		Long: Phrase{
			"Đọc bảng tính (xlsx) hoặc CSV: danh sách sản phẩm, thông tin bán hàng, bảng xã. Ô nào chưa chắc thì bỏ ô đó và báo rõ\ntrang, ô, giá trị, lý do và việc cần làm. Nhập lại cùng một tệp không đổi gì.",
			"Read a workbook (xlsx) or CSV: products, sales data, communes. A doubtful cell is left out and reported with its\nsheet, cell, value, reason and what to do. Importing the same file again changes nothing."},
		Examples: "lensan import so-ocop.xlsx --images anh/\nlensan import so-ocop.xlsx --dry-run\nlensan import gia-moi.csv -o csv > bao-cao.csv",
	},
	"plan": {
		Short: Phrase{"Xem sẽ thay đổi gì trên sàn, chưa làm gì", "Show what would change on the marketplaces, changing nothing"},
		Long: Phrase{
			"Lập kế hoạch theo lần đọc sàn gần nhất, lưu lại cùng mã kiểm tra, và in ra: sẽ tạo, sửa, ẩn mã hàng nào, và vì sao mã hàng khác không được đưa lên.",
			"Plan from the last reading of the marketplaces, store the plan with its checksum, and print what would be created, updated or closed, and why others are left out."},
		Examples: "lensan plan\nlensan plan --marketplace voso --only left-out\nlensan plan --detailed-exitcode -o json\nlensan plan --as-of 2026-12-31",
	},
	"sync": {
		Short: Phrase{"Yêu cầu một lượt đồng bộ", "Ask for a sync"},
		Long: Phrase{
			"Ghi yêu cầu đồng bộ; tiến trình xử lý (lensan up hoặc worker) sẽ làm. Với --wait thì chờ đến khi xong; nếu hàng đợi nằm trong máy\nvà chưa có tiến trình nào xử lý, lệnh này tự làm.",
			"Record a request for a sync; an engine (lensan up or worker) carries it out. With --wait, wait for its end; with the embedded queue\nand no engine running, this command does the work itself."},
		Examples: "lensan sync --wait\nlensan sync --marketplace postmart --commune 17950\nlensan sync --wait --deadline 30m\nlensan sync --plan PLAN --wait\nlensan sync --allow content --reason 'đã kiểm tra' --wait",
	},
	"reconcile": {
		Short: Phrase{"Đọc lại toàn bộ các sàn rồi sửa chỗ lệch", "Read the marketplaces whole and mend what differs"},
		Long: Phrase{
			"Đọc hết mọi mã hàng đang có trên các sàn, so với danh sách, rồi sửa chỗ lệch theo chính sách.",
			"Read every listing there is on the marketplaces, compare with the register, and mend what differs, by policy."},
		Examples: "lensan reconcile --wait\nlensan reconcile --policy observe",
	},
	"status": {
		Short: Phrase{"Tình trạng từng sàn, từng mã hàng", "How each marketplace and each SKU stands"},
		Long: Phrase{
			"Không có tùy chọn: bảng tổng hợp theo sàn. Với phạm vi hoặc --skus: từng mã hàng, lý do và người cần xử lý. Với --products: từng sản phẩm, kể cả sản phẩm chưa có mã hàng.",
			"Without options: the summary by marketplace. With a scope or --skus: each SKU, its reason and who fixes it. With --products: each product, those without a SKU included."},
		Examples: "lensan status\nlensan status --skus --marketplace voso\nlensan status --products -o csv > san-pham.csv\nlensan status --reason needs_fixing",
	},
	"runs": {
		Short:    Phrase{"Các lượt đồng bộ", "The runs"},
		Long:     Phrase{"Liệt kê các lượt, mới nhất trước; với một mã lượt thì xem chi tiết.", "List the runs, newest first; with a run's id, its details."},
		Examples: "lensan runs\nlensan runs RUN\nlensan runs -o json",
	},
	"cancel": {
		Short:    Phrase{"Hủy một lượt đồng bộ", "Cancel a run"},
		Long:     Phrase{"Dừng lượt sau các yêu cầu đang gửi dở; việc đã làm giữ nguyên.", "Stop a run within the requests in flight; what is done stays."},
		Examples: "lensan cancel RUN",
	},
	"pause": {
		Short:    Phrase{"Tạm dừng một lượt hoặc một kênh", "Pause a run or a lane"},
		Long:     Phrase{"Tạm dừng một lượt theo mã, hoặc cả kênh của một sàn theo tên sàn.", "Pause a run by its id, or a marketplace's whole lane by its name."},
		Examples: "lensan pause RUN\nlensan pause voso\nlensan pause voso --for 2h",
	},
	"resume": {
		Short:    Phrase{"Cho chạy tiếp một lượt hoặc một kênh", "Resume a run or a lane"},
		Long:     Phrase{"Cho chạy tiếp một lượt theo mã, hoặc cả kênh của một sàn theo tên sàn.", "Resume a run by its id, or a marketplace's whole lane by its name."},
		Examples: "lensan resume RUN\nlensan resume voso",
	},
	"history": {
		Short:    Phrase{"Nhật ký của một mã hàng hoặc một lượt", "What happened to a SKU or in a run"},
		Long:     Phrase{"Ai đã làm gì, khi nào, trong lượt nào; mới nhất trước.", "Who did what, when, in which run; newest first."},
		Examples: "lensan history NA-0001\nlensan history --run RUN -o json",
	},
	"export": {
		Short:    Phrase{"Ghi tình trạng ra tệp CSV", "Write the status to a CSV file"},
		Long:     Phrase{"Ghi từng mã hàng, tình trạng, lý do và người cần xử lý ra tệp CSV mở được bằng Excel.", "Write each SKU, its status, reason and who fixes it to a CSV file that Excel opens."},
		Examples: "lensan export tinh-trang.csv\nlensan export --products san-pham.csv --marketplace postmart",
	},
	"doctor": {
		Short:    Phrase{"Kiểm tra cấu hình, kết nối, tài khoản", "Check configuration, connections, accounts"},
		Long:     Phrase{"Kiểm tra từng thứ và nói cần làm gì: thư mục dữ liệu, cơ sở dữ liệu, hàng đợi, tiến trình xử lý, từng sàn.", "Check each thing and say what to do: data folder, database, queue, engine, each marketplace."},
		Examples: "lensan doctor\nlensan doctor -o json",
	},
	"marketplaces": {
		Short:    Phrase{"Các sàn và khả năng của từng sàn", "The marketplaces and what each can do"},
		Long:     Phrase{"Những gì chương trình biết về từng sàn; phần “giả định” nghĩa là sàn chưa công bố tài liệu kỹ thuật cho đối tác.", "What the program knows of each marketplace; “assumed” means that it publishes no specification for partners."},
		Examples: "lensan marketplaces\nlensan marketplaces -o json",
	},
	"producers": {
		Short:    Phrase{"Các chủ thể và số sản phẩm", "The producers and their products"},
		Long:     Phrase{"Liệt kê chủ thể, mã chủ thể và số sản phẩm. Điện thoại, mã số thuế và địa chỉ không hiện ở đây.", "List producers, their references and how many products each has. Telephones, tax codes and addresses are not shown here."},
		Examples: "lensan producers\nlensan producers --search 'bản nưa'\nlensan producers merge KEPT GONE",
	},
	"producers merge": {
		Short:    Phrase{"Gộp hai chủ thể là một", "Make one producer of two"},
		Long:     Phrase{"Sản phẩm của chủ thể thứ hai (GONE) chuyển về chủ thể thứ nhất (KEPT); mọi cách gọi của chủ thể thứ hai từ nay chỉ về chủ thể thứ nhất.", "The products of the second (GONE) become those of the first (KEPT); all that the second is known by leads to the first from now on."},
		Examples: "lensan producers merge p-3f2a p-91bc",
	},
	"decisions": {
		Short:    Phrase{"Những việc chờ người quyết định", "What waits for a person's decision"},
		Long:     Phrase{"Liệt kê từng việc: điều gì bị ảnh hưởng và các cách trả lời.", "List each question: what is at stake and what one can answer."},
		Examples: "lensan decisions\nlensan decisions resolve ID push_ours --note 'đã gọi chủ thể'",
	},
	"decisions resolve": {
		Short:    Phrase{"Trả lời một việc", "Answer a question"},
		Long:     Phrase{"Ghi câu trả lời vào nhật ký và làm theo. Các câu trả lời có thể dùng: xem lensan decisions.", "Record the answer and act on it. What can be answered: see lensan decisions."},
		Examples: "lensan decisions resolve ID keep_theirs",
	},
	"retry": {
		Short:    Phrase{"Chạy lại các mã hàng không thành công của một lượt", "Try the failed SKUs of a run again"},
		Long:     Phrase{"Nói trước có bao nhiêu mã hàng, rồi yêu cầu một lượt mới cho đúng các mã đó. Không nêu lượt: lượt mới nhất. Với --cause chỉ những mã hỏng vì lý do ấy.", "Say how many SKUs there are, then ask for a run of just those. Without a run: the newest. With --cause only those that failed for that reason."},
		Examples: "lensan retry --wait\nlensan retry RUN --cause lane.outage",
	},
	"revert": {
		Short:    Phrase{"Trả lại như trước một lượt", "Take back what a run did"},
		Long:     Phrase{"Đưa các mã hàng trên sàn về như trước lượt đó, qua cùng các chốt an toàn. Mã nào đã được sửa sau đó thì để nguyên và nêu tên.", "Bring the listings back to how they were before the run, through the same brakes. What was edited since is left alone and named."},
		Examples: "lensan revert RUN --wait",
	},
	"user": {
		Short:    Phrase{"Người dùng trang điều hành", "Users of the dashboard"},
		Long:     Phrase{"Người dùng nằm trong tệp LENSAN_DASHBOARD_USERS_FILE; mật khẩu chỉ lưu dạng băm. Vai trò: viewer (xem), operator (vận hành), admin (quản trị).", "Users stand in the file LENSAN_DASHBOARD_USERS_FILE; of passwords only the hash is kept. Roles: viewer, operator, admin."},
		Examples: "lensan user\nlensan user add lan --role operator\nlensan user remove lan",
	},
	"user add": {
		Short:    Phrase{"Thêm người dùng hoặc đổi mật khẩu, vai trò", "Add a user, or change a password or role"},
		Long:     Phrase{"Hỏi mật khẩu trên màn hình, hoặc đọc một dòng từ đầu vào chuẩn.", "Asks for the password on the terminal, or reads one line from standard input."},
		Examples: "lensan user add lan --role operator\nlensan user add lan --role viewer < mat-khau.txt",
	},
	"user remove": {
		Short:    Phrase{"Bỏ một người dùng", "Remove a user"},
		Long:     Phrase{"Người này không đăng nhập được nữa.", "The person can't sign in any more."},
		Examples: "lensan user remove lan",
	},
	"rename-sku": {
		Short:    Phrase{"Khai báo một mã hàng đã đổi mã", "Declare that a SKU has a new code"},
		Long:     Phrase{"Giữ nguyên liên kết với hàng đang có trên sàn khi mã hàng trong danh sách đổi từ CŨ sang MỚI.", "Keep the link to what stands on the marketplaces when a SKU's code in the register changes from OLD to NEW."},
		Examples: "lensan rename-sku NA-0001 NA-1001",
	},
	"worker": {
		Short:    Phrase{"Chạy bộ xử lý (cần Redis)", "Run a worker (needs Redis)"},
		Long:     Phrase{"Chạy một tiến trình xử lý; có thể chạy nhiều tiến trình cùng lúc. Cần LENSAN_REDIS_URL khác embedded và cơ sở dữ liệu PostgreSQL.", "Run one worker process; any number may run at once. Needs LENSAN_REDIS_URL other than embedded, and PostgreSQL."},
		Examples: "LENSAN_DATABASE_URL=postgres://… LENSAN_REDIS_URL=redis://… lensan worker",
	},
	"serve": {
		Short:    Phrase{"Chạy trang điều hành, không xử lý", "Run the dashboard, without working"},
		Long:     Phrase{"Chạy cổng HTTP: trang điều hành, /healthz, /readyz, /metrics. Việc đồng bộ do up hoặc worker làm.", "Run the HTTP port: dashboard, /healthz, /readyz, /metrics. Syncing is done by up or worker."},
		Examples: "lensan serve --listen 127.0.0.1:18080",
	},
	"migrate": {
		Short:    Phrase{"Đưa bảng dữ liệu lên phiên bản của chương trình", "Bring the database to this program's version"},
		Long:     Phrase{"Chạy các bước còn thiếu, mỗi bước một giao dịch. Với --check chỉ xem.", "Run the missing steps, each in a transaction. With --check, only look."},
		Examples: "lensan migrate\nlensan migrate --check",
	},
	"sandbox": {
		Short:    Phrase{"Chạy sàn giả lập riêng", "Run the sandbox by itself"},
		Long:     Phrase{"Chạy Postmart và Voso giả lập trên máy này, với tệp dữ liệu riêng. MÔI TRƯỜNG THỬ: không phải sàn thật.", "Run a simulated Postmart and Voso on this machine, with a file of their own. SANDBOX: not the real marketplaces."},
		Examples: "lensan sandbox\nlensan sandbox --no-limits",
	},
	"backup": {
		Short: Phrase{"Sao lưu dữ liệu vào một tệp", "Back the record up to one file"},
		Long: Phrase{
			"Ghi mọi dữ liệu (danh sách, ảnh, tin đăng, lượt, nhật ký) vào một tệp nén có mã kiểm tra; không phải dừng việc đang chạy.\nKhông nêu tệp: thư mục backups trong thư mục dữ liệu, tên theo ngày giờ. Tệp khôi phục được trên cả SQLite lẫn PostgreSQL.\nMật khẩu, phiên đăng nhập và mã API không nằm trong tệp; điện thoại và địa chỉ chủ thể thì có: giữ tệp cho kín.",
			"Write everything (register, pictures, listings, runs, audit) to one compressed, checksummed file, while work goes on.\nWithout FILE: the folder backups in the data folder, named by date and time. The file can be restored on SQLite and PostgreSQL alike.\nPasswords, sessions and API tokens are not in it; producers' telephones and addresses are: keep it private."},
		Examples: "lensan backup\nlensan backup --keep 14\nlensan backup /mnt/usb/lensan.gz --force\nlensan backup -o json",
	},
	"restore": {
		Short: Phrase{"Khôi phục dữ liệu từ tệp sao lưu", "Bring a backup back"},
		Long: Phrase{
			"Kiểm tra trọn tệp, phiên bản và tài khoản trước khi đụng đến dữ liệu. Dừng lensan up, worker và serve trước.\nDữ liệu đang có chỉ bị thay khi có --force, và được giữ lại dưới tên khác. Sau khi khôi phục, lượt đồng bộ tới đọc toàn bộ các sàn,\nnhận lại tin đăng của mình; không tin nào bị sửa hay ẩn cho đến khi nhập lại danh sách mới nhất.",
			"Check the whole file, the version and the accounts before anything is touched. Stop lensan up, worker and serve first.\nA record that is there is replaced only with --force, and kept under another name. After it the next run reads the marketplaces\nwhole and takes its own listings back; none is changed or closed until the newest register is imported."},
		Examples: "lensan restore lensan-20261124-230000.lensan.gz --check\nlensan restore lensan-20261124-230000.lensan.gz\nLENSAN_DATABASE_URL=postgres://… lensan restore lensan.gz --force",
	},
	"config": {
		Short:    Phrase{"Xem cấu hình đang dùng", "Show the configuration in use"},
		Long:     Phrase{"Mỗi mục: giá trị, lấy từ đâu, biến môi trường. Bí mật hiện là [redacted].", "Each setting: its value, where it comes from, its variable. Secrets show as [redacted]."},
		Examples: "lensan config\nlensan config -o json",
	},
	"version": {
		Short:    Phrase{"Phiên bản", "Version"},
		Long:     Phrase{"Phiên bản của chương trình, Go và các bảng dữ liệu.", "The version of the program, of Go and of the database's tables."},
		Examples: "lensan version",
	},
}

// Words of the help pages.
var (
	HelpUsage       = Phrase{"Cách dùng", "Usage"}
	HelpCommands    = Phrase{"Lệnh", "Commands"}
	HelpExamples    = Phrase{"Ví dụ", "Examples"}
	HelpFlags       = Phrase{"Tùy chọn", "Flags"}
	HelpGlobalFlags = Phrase{"Tùy chọn chung", "Flags of every command"}
	HelpExits       = Phrase{"Mã kết thúc", "Exit codes"}
	HelpRootUse     = Phrase{"LỆNH [tùy chọn]    (lensan help LỆNH để xem hướng dẫn)", "CMD [flags]    (lensan help CMD for help on one)"}
	HelpFlagsWord   = Phrase{"[tùy chọn]", "[flags]"}
	HelpDefault     = Phrase{" (mặc định {value})", " (default {value})"}
	WordCommand     = Phrase{"LỆNH", "CMD"}
)

// Descriptions of flags; the word in backquotes is what the flag takes.
var (
	FlagConfig   = Phrase{"tệp cấu hình `TỆP` (nếu không: LENSAN_CONFIG, rồi ./lensan.yaml)", "configuration `FILE` (else LENSAN_CONFIG, then ./lensan.yaml)"}
	FlagOption   = Phrase{"đặt một mục cấu hình, `MỤC=GIÁ_TRỊ`, dùng được nhiều lần", "set a configuration key, `KEY=VALUE`, repeatable"}
	FlagOutput   = Phrase{"dạng kết quả `DẠNG`: table, json, csv", "`FORM` of results: table, json, csv"}
	FlagHelp     = Phrase{"xem hướng dẫn", "show help"}
	FlagLang     = Phrase{"ngôn ngữ `MÃ`: vi, en (LENSAN_LANG)", "language `CODE`: vi, en (LENSAN_LANG)"}
	FlagDataDir  = Phrase{"thư mục dữ liệu `THƯ_MỤC` (LENSAN_DATA_DIR)", "data `FOLDER` (LENSAN_DATA_DIR)"}
	FlagDatabase = Phrase{"cơ sở dữ liệu `URL`: sqlite:ĐƯỜNG_DẪN hoặc postgres://… (LENSAN_DATABASE_URL)", "database `URL`: sqlite:PATH or postgres://… (LENSAN_DATABASE_URL)"}
	FlagRedis    = Phrase{"hàng đợi `URL`: embedded hoặc redis://… (LENSAN_REDIS_URL)", "queue `URL`: embedded or redis://… (LENSAN_REDIS_URL)"}
	FlagLogLevel = Phrase{"mức nhật ký `MỨC`: debug, info, warn, error (LENSAN_LOG_LEVEL)", "log `LEVEL`: debug, info, warn, error (LENSAN_LOG_LEVEL)"}
	FlagListen   = Phrase{"cổng HTTP `MÁY:CỔNG` (LENSAN_LISTEN)", "HTTP port `HOST:PORT` (LENSAN_LISTEN)"}

	FlagMarketplace = Phrase{"chỉ sàn `TÊN`, dùng được nhiều lần", "only marketplace `NAME`, repeatable"}
	FlagSKU         = Phrase{"chỉ mã hàng `MÃ`, dùng được nhiều lần", "only SKU `CODE`, repeatable"}
	FlagProduct     = Phrase{"chỉ sản phẩm `MÃ` (mã OCOP), dùng được nhiều lần", "only product `CODE` (OCOP code), repeatable"}
	FlagProducer    = Phrase{"chỉ chủ thể `TÊN` (tên hoặc mã), dùng được nhiều lần", "only producer `NAME` (name or reference), repeatable"}
	FlagCommune     = Phrase{"chỉ xã `XÃ` (mã hoặc tên), dùng được nhiều lần", "only `COMMUNE` (code or name), repeatable"}
	FlagDistrict    = Phrase{"chỉ địa bàn huyện cũ `TÊN`, dùng được nhiều lần", "only the former district `NAME`, repeatable"}
	FlagSet         = Phrase{"chỉ bộ sản phẩm `SỐ` (01 đến 26), dùng được nhiều lần", "only product set `NN` (01 to 26), repeatable"}
	FlagStars       = Phrase{"chỉ hạng `SAO` (1 đến 5), dùng được nhiều lần", "only `STARS` (1 to 5), repeatable"}
	FlagOnly        = Phrase{"chỉ `LOẠI`: new, changed, failed[:LÝ_DO], drifted, left-out", "only `WHICH`: new, changed, failed[:REASON], drifted, left-out"}
	FlagLimit       = Phrase{"nhiều nhất `SỐ` mã hàng", "at most `N` SKUs"}
	FlagPolicy      = Phrase{"chính sách `TÊN`: observe, create-only, upsert-only, sync", "`POLICY`: observe, create-only, upsert-only, sync"}
	FlagAsOf        = Phrase{"xét theo ngày `NGÀY` (chỉ xem)", "as of `DATE` (only looking)"}

	FlagOnce         = Phrase{"in bảng tổng hợp của lần đồng bộ rồi thoát", "leave after the sync and its summary"}
	FlagWait         = Phrase{"chờ đến khi xong", "wait for the end"}
	FlagNoJoin       = Phrase{"không nhập chung vào lượt đang chạy cùng phạm vi", "do not join a run of the same scope"}
	FlagDeadline     = Phrase{"dừng sau `KHOẢNG`, ví dụ 30m; chạy lại sẽ làm tiếp", "stop after `DURATION`, for example 30m; a later run goes on"}
	FlagReviews      = Phrase{"với --wait: chờ sàn duyệt nhiều nhất `KHOẢNG`", "with --wait: wait for reviews at most `DURATION`"}
	FlagDetailed     = Phrase{"kết thúc với mã 3 khi có thay đổi", "exit 3 when there are changes"}
	FlagRefresh      = Phrase{"yêu cầu đọc lại sàn trước", "ask the engine to read the marketplaces first"}
	FlagAllow        = Phrase{"mở `CHỐT` an toàn cho riêng lượt này, dùng được nhiều lần", "lift this `BRAKE` for this run alone, repeatable"}
	FlagWhy          = Phrase{"lý do mở chốt, ghi vào nhật ký: `LÝ_DO`", "why the brake is lifted, for the record: `WORDS`"}
	FlagPlan         = Phrase{"làm đúng kế hoạch đã lưu `MÃ` (mã kế hoạch hoặc mã kiểm tra)", "carry out the stored plan `ID` (its id or checksum)"}
	FlagCause        = Phrase{"chỉ những mã hỏng vì lý do `MÃ`", "only those that failed for reason `CODE`"}
	FlagSearch       = Phrase{"tìm theo `CHỮ` (không cần dấu)", "find `WORDS` (accents don't matter)"}
	FlagAllDecisions = Phrase{"cả những việc đã trả lời", "those answered too"}
	FlagNote         = Phrase{"ghi chú `LỜI` vào nhật ký", "a `NOTE` for the record"}
	FlagRole         = Phrase{"`VAI_TRÒ`: viewer, operator, admin", "`ROLE`: viewer, operator, admin"}
	FlagImages       = Phrase{"thư mục ảnh `THƯ_MỤC`", "`FOLDER` of the pictures"}
	FlagDryRun       = Phrase{"chỉ xem báo cáo, không ghi gì", "report only, write nothing"}
	FlagStrict       = Phrase{"kết thúc với mã 4 khi có dòng bị bỏ", "exit 4 when a row was refused"}
	FlagPartial      = Phrase{"tệp chỉ gồm một phần sản phẩm; ít dòng hơn lần trước không có nghĩa gì", "the file holds a part of the products; fewer rows than last time mean nothing"}
	FlagErase        = Phrase{"ô trống xóa giá trị đã biết", "a blank cell erases what is known"}
	FlagComplete     = Phrase{"tệp là đầy đủ cho `PHẠM_VI` (all, commune=…, set=…): sản phẩm thiếu sẽ thành đề xuất rút", "the file is whole for `SCOPE` (all, commune=…, set=…): what is missing becomes a proposed withdrawal"}
	FlagConfirm      = Phrase{"chấp nhận lần nhập bị giữ `MÃ`", "confirm the held import `ID`"}
	FlagSKUs         = Phrase{"liệt kê từng mã hàng", "list each SKU"}
	FlagProducts     = Phrase{"liệt kê từng sản phẩm", "list each product"}
	FlagReason       = Phrase{"chỉ tình trạng hoặc mã lý do `MÃ`, dùng được nhiều lần", "only state or reason `CODE`, repeatable"}
	FlagRun          = Phrase{"chỉ lượt `MÃ`", "only run `ID`"}
	FlagFor          = Phrase{"dừng trong `KHOẢNG`, ví dụ 2h (không có: đến khi resume)", "for `DURATION`, for example 2h (else until resume)"}
	FlagCheck        = Phrase{"chỉ xem, không đổi gì", "only look, change nothing"}
	FlagNoLimits     = Phrase{"không giới hạn tốc độ, duyệt ngay", "no rate limit, reviews at once"}
	FlagCount        = Phrase{"nhiều nhất `SỐ` dòng", "at most `N` rows"}
)
