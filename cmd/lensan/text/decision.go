package text

import (
	"strconv"
	"strings"

	"lensan/adapters"
	"lensan/store/catalog"
)

// DecisionWords put a question to a person: what it is, what is at stake, and
// what each answer means, the careful one first.
type DecisionWords struct {
	Title   Phrase
	Says    Phrase // arguments filled in
	Choices []ChoiceWords
}

// ChoiceWords are one answer.
type ChoiceWords struct {
	Value        string
	Label, Means Phrase
}

var decisionTitles = map[catalog.DecisionKind]Phrase{
	catalog.DecideDrift:          {"Khác nhau giữa danh sách và sàn", "The register and the marketplace differ"},
	catalog.DecideDouble:         {"Một mã hàng đăng hai lần", "One SKU is listed twice"},
	catalog.DecideUncertainMatch: {"Tin đăng có sẵn có thể là của mã hàng này", "A listing may be this SKU's"},
	catalog.DecideVanished:       {"Tin đăng không còn trên sàn", "The listing is gone"},
	catalog.DecideClosedByOther:  {"Người khác đã ẩn tin đăng", "Somebody else closed the listing"},
	catalog.DecideBrake:          {"Chốt an toàn đã dừng một lượt", "A brake stopped a run"},
	catalog.DecideEnding:         {"Nhiều quyết định công nhận hết hạn cùng ngày", "Recognitions end together"},
}

var decisionSays = map[catalog.DecisionKind]Phrase{
	catalog.DecideDrift:          {"{field} trên sàn là “{there}”, trong danh sách là “{want}”. Chưa gửi gì cho đến khi có quyết định.", "{field} is “{there}” there and “{want}” in the register. Nothing is sent until it is decided."},
	catalog.DecideDouble:         {"Sàn có hai tin đăng cho mã hàng {sku}: {other_id} và {remote_id}. Lên Sàn không tự xóa tin nào.", "The marketplace has two listings of SKU {sku}: {other_id} and {remote_id}. Nothing is deleted by itself."},
	catalog.DecideUncertainMatch: {"Tin đăng “{title}” trong gian hàng của chủ thể không ghi mã hàng; tên gần giống “{name}” ({sku}).", "The listing “{title}” in the producer's shop has no SKU; its name is close to “{name}” ({sku})."},
	catalog.DecideVanished:       {"Đã đọc toàn bộ sàn mà không thấy tin đăng của mã hàng {sku} nữa.", "The whole marketplace was read and the listing of SKU {sku} is not there any more."},
	catalog.DecideClosedByOther:  {"Mã hàng {sku} đang bị ẩn trên sàn, không phải do Lên Sàn ẩn.", "SKU {sku} is closed there, and not by us."},
	catalog.DecideBrake:          {"Lượt này sẽ ảnh hưởng {asked} mã hàng (đang bán {live}), quá mức {max}. Lượt đã dừng, chưa gửi gì.", "The run would touch {asked} listings ({live} are live); the limit is {max}. It was stopped before anything was sent."},
	catalog.DecideEnding:         {"Ngày {day} có {count} sản phẩm cùng hết hiệu lực công nhận.", "On {day} the recognitions of {count} products end together."},
}

var choiceWords = map[string][2]Phrase{
	"keep_theirs":     {{"Giữ như trên sàn", "Keep theirs"}, {"Sàn để nguyên; danh sách cần sửa cho khớp.", "The marketplace stays as it is; the register should be corrected."}},
	"push_ours":       {{"Gửi theo danh sách", "Push ours"}, {"Cập nhật lại trên sàn theo danh sách.", "The marketplace is updated from the register."}},
	"handled_by_hand": {{"Đã xử lý tay trên sàn", "Handled by hand"}, {"Anh/chị đã xóa hoặc gộp một tin trên sàn.", "You have removed or merged one of them there."}},
	"different":       {{"Không phải", "Different"}, {"Hai hàng khác nhau; không hỏi lại.", "They are different goods; not asked again."}},
	"adopt":           {{"Đúng, nhận tin này", "Adopt it"}, {"Gắn mã hàng vào tin đăng có sẵn, không đăng mới.", "The SKU is given to that listing; no new one is made."}},
	"leave":           {{"Để vậy", "Leave it"}, {"Không đăng lại.", "It is not listed again."}},
	"create_again":    {{"Đăng lại", "Create again"}, {"Đăng mới ở lượt tới.", "It is created anew in the next run."}},
	"leave_closed":    {{"Để ẩn", "Leave closed"}, {"Không mở lại.", "It is not reopened."}},
	"reopen":          {{"Mở lại", "Reopen"}, {"Mở bán lại ở lượt tới.", "It goes on sale again in the next run."}},
	"dismiss":         {{"Không chạy", "Dismiss"}, {"Bỏ lượt này; kiểm tra dữ liệu trước.", "The run is dropped; check the data first."}},
	"lift_and_run":    {{"Mở chốt một lần và chạy", "Lift once and run"}, {"Đã kiểm tra và đồng ý với ảnh hưởng nêu trên.", "You have checked, and accept what is at stake."}},
	"hold":            {{"Chưa ẩn", "Hold"}, {"Giữ bán, chờ quyết định mới.", "They stay on sale and wait for new decisions."}},
	"let_close":       {{"Ẩn khi hết hạn", "Let them close"}, {"Ẩn khỏi sàn sau ngày đó.", "They are taken off sale after that day."}},
}

// ExplainDecision puts a decision into words.
func ExplainDecision(d catalog.Decision) DecisionWords {
	args := map[string]string{"sku": d.SKU}
	both := func(l Lang) map[string]string {
		out := map[string]string{}
		for k, v := range args {
			out[k] = v
		}
		for k, v := range d.Stake {
			out[k] = stakeWord(l, k, v, d.Stake["field"])
		}
		return out
	}
	says := decisionSays[d.Kind]
	out := DecisionWords{Title: decisionTitles[d.Kind], Says: Phrase{VI: tidy(fill(VI, says.VI, both(VI))), EN: tidy(fill(EN, says.EN, both(EN)))}}
	if out.Title.VI == "" {
		out.Title = Phrase{VI: string(d.Kind), EN: string(d.Kind)}
	}
	for _, c := range catalog.Choices[d.Kind] {
		w, ok := choiceWords[c]
		if !ok {
			w = [2]Phrase{{c, c}, {}}
		}
		out.Choices = append(out.Choices, ChoiceWords{c, w[0], w[1]})
	}
	return out
}

// stakeWord is one argument as people read it: fields by name, money and days
// in full.
func stakeWord(l Lang, name, value, field string) string {
	switch name {
	case "field":
		w := Field(l, adapters.Field(value))
		if r := []rune(w); len(r) > 0 {
			return upperFirst(w)
		}
		return w
	case "day":
		return Day(l, catalog.Day(value))
	case "there", "want":
		n, err := strconv.ParseInt(value, 10, 64)
		switch adapters.Field(field) {
		case adapters.FieldPrice, adapters.FieldListPrice:
			if err == nil {
				return Money(l, n)
			}
		case adapters.FieldStock:
			if err == nil {
				return Number(l, n)
			}
		}
		if r := []rune(value); len(r) > 120 {
			return string(r[:120]) + "…"
		}
	}
	return value
}

func upperFirst(s string) string {
	r := []rune(s)
	first := []rune(strings.ToUpper(string(r[0])))
	return string(append(first, r[1:]...))
}

// tidy leaves open what an older decision does not tell.
func tidy(s string) string { return argument.ReplaceAllString(s, "…") }
