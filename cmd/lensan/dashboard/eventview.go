package dashboard

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"lensan/adapters"
	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
)

// eventSays puts into words what an event changed and why, as far as it tells.
func (d *Dashboard) eventSays(l text.Lang, e store.Event) []string {
	v := &visit{d: d, lang: l}
	str := func(key string) string { s, _ := e.Detail[key].(string); return s }
	var out []string
	add := func(vi, en, value string) {
		if value != "" {
			out = append(out, v.tr(vi, en)+value)
		}
	}
	out = append(out, v.fieldChanges(e)...)
	if e.Kind == "schedule.changed" {
		add("", "", v.cronWords(str("after"), catalog.RunReconcile))
	}
	if reason := str("reason"); reason != "" {
		add("Vì: ", "Because: ", v.eventReason(reason))
	}
	if e.Kind == "decision.resolved" {
		add("Trả lời: ", "Answer: ", v.choiceWord(e, str("choice")))
	}
	add("Ghi chú: ", "Note: ", str("note"))
	add("Lý do mở chốt: ", "Brake lifted because: ", str("lift_reason"))
	if e.Kind == "run.requested" || e.Kind == "run.joined" {
		if reverts := str("reverts"); reverts != "" {
			return append(out, v.tr("Hoàn lại lượt ", "Takes back run ")+reverts)
		}
		var scope catalog.Scope
		if raw, err := json.Marshal(e.Detail["scope"]); err == nil {
			_ = json.Unmarshal(raw, &scope) // what is not understood is shown as everything
		}
		out = append(out, capitalise(text.RunKind(l, catalog.RunKind(str("kind"))))+": "+d.scopeWords(l, scope)+" · "+policyWord(l, catalog.Policy(str("policy"))))
	}
	if e.Kind == "sku.renamed" {
		out = append(out, str("from")+" → "+str("to"))
	}
	return out
}

// fieldChanges are the fields that an event changed, from what to what.
func (v *visit) fieldChanges(e store.Event) []string {
	before, _ := e.Detail["before"].(map[string]any)
	after, _ := e.Detail["after"].(map[string]any)
	var out []string
	for _, f := range shownFields {
		now, changed := after[string(f)]
		if !changed {
			continue
		}
		was := v.diffText(e.Marketplace, string(f), textOf(before[string(f)]), nil)
		is := v.diffText(e.Marketplace, string(f), textOf(now), nil)
		switch {
		case was != is && was != "" && is != "":
			out = append(out, capitalise(fieldWord(v.lang, string(f)))+": "+was+" → "+is)
		case is != "":
			out = append(out, capitalise(fieldWord(v.lang, string(f)))+": "+is)
		default:
			out = append(out, capitalise(fieldWord(v.lang, string(f))))
		}
	}
	return out
}

func textOf(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// closeWords say why a listing was taken off sale.
var closeWords = map[adapters.CloseReason]text.Phrase{
	adapters.CloseNotEligible: {VI: "sản phẩm không còn đủ điều kiện", EN: "the product is no longer eligible"},
	adapters.CloseExpired:     {VI: "quyết định công nhận hết hiệu lực", EN: "the recognition has ended"},
	adapters.CloseDuplicate:   {VI: "tin trùng", EN: "a double"},
	adapters.CloseWithdrawn:   {VI: "sản phẩm được rút khỏi danh sách", EN: "the product was withdrawn"},
}

func (v *visit) eventReason(code string) string {
	if w, ok := closeWords[adapters.CloseReason(code)]; ok {
		return w.In(v.lang)
	}
	e := explained(code)
	return v.tr(e.VI, e.EN)
}

// choiceWord is how a decision was answered, in the words of its button.
func (v *visit) choiceWord(e store.Event, choice string) string {
	about, _ := e.Detail["about"].(string)
	stake := map[string]string{}
	if raw, ok := e.Detail["stake"].(map[string]any); ok {
		for k, s := range raw {
			stake[k] = textOf(s)
		}
	}
	w := text.ExplainDecision(catalog.Decision{Kind: catalog.DecisionKind(about), Marketplace: e.Marketplace, SKU: e.SKU, Stake: stake})
	i := slices.IndexFunc(w.Choices, func(c text.ChoiceWords) bool { return c.Value == choice })
	if i < 0 {
		return choice
	}
	return strings.TrimSpace(w.Title.In(v.lang) + ": " + w.Choices[i].Label.In(v.lang))
}
