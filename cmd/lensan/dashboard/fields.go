package dashboard

import (
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"lensan/adapters"
	"lensan/cmd/lensan/text"
	"lensan/store/catalog"
)

// fieldView is one field side by side: the register's value, and what each
// marketplace was sent and shows.
type fieldView struct {
	Field string
	Ours  []string // lines
	There []thereView
}

type thereView struct {
	Marketplace string
	Known       bool     // read back at least once
	Lines       []string // as people read it; none: only the marks below
	Same        bool     // as we last sent it
	Sent        bool
	Was         []string // what we last sent, where that is another thing
	Other       bool     // not what the register says now
}

// shownFields are the fields of an offer in the order in which people ask.
var shownFields = []adapters.Field{adapters.FieldName, adapters.FieldPrice, adapters.FieldListPrice, adapters.FieldStock, adapters.FieldUnit, adapters.FieldWeight,
	adapters.FieldImages, adapters.FieldCategory, adapters.FieldOcop, adapters.FieldOrigin, adapters.FieldDescription, adapters.FieldAttributes}

// alike are the fields whose lines are the same on both sides when they
// say the same; the others belong to the marketplace, or to its sales.
var alike = []adapters.Field{adapters.FieldName, adapters.FieldPrice, adapters.FieldUnit, adapters.FieldWeight, adapters.FieldOcop, adapters.FieldOrigin}

// places are the communes' names by code.
func (v *visit) places(ctx ctx) (map[string]string, error) {
	all, err := v.d.Store.Communes(ctx)
	out := make(map[string]string, len(all))
	for _, c := range all {
		out[c.Code] = c.Name
	}
	return out, err
}

// fields lists the fields of an offer side by side.
func (v *visit) fields(s catalog.Subject, lanes []string, places map[string]string) []fieldView {
	ours := v.registerFields(s)
	var out []fieldView
	for _, f := range shownFields {
		row := fieldView{Field: string(f), Ours: ours[f]}
		any := len(row.Ours) > 0
		for _, lane := range lanes {
			l := s.Lanes[lane].Listing
			seen, known := l.Seen[string(f)]
			applied, sent := l.Applied[string(f)]
			cell := thereView{Marketplace: lane, Known: known, Sent: sent, Same: sent && known && (seen == applied.Echo || seen == applied.Sent)}
			if known {
				cell.Lines = v.thereLines(lane, f, seen, places)
			}
			if sent && known && !cell.Same {
				cell.Was = v.thereLines(lane, f, applied.Sent, places)
			}
			cell.Other = cell.Same && slices.Contains(alike, f) && len(row.Ours) > 0 && !slices.Equal(cell.Lines, row.Ours)
			any = any || known
			row.There = append(row.There, cell)
		}
		if any {
			out = append(out, row)
		}
	}
	return out
}

// registerFields are the register's values, as people read them.
func (v *visit) registerFields(s catalog.Subject) map[adapters.Field][]string {
	k, st := s.SKU, s.Standing
	out := map[adapters.Field][]string{}
	add := func(f adapters.Field, lines ...string) {
		for _, l := range lines {
			if l != "" {
				out[f] = append(out[f], l)
			}
		}
	}
	add(adapters.FieldName, k.Name)
	if k.Price > 0 {
		add(adapters.FieldPrice, text.Money(v.lang, k.Price))
	}
	if k.ListPrice > 0 {
		add(adapters.FieldListPrice, text.Money(v.lang, k.ListPrice))
	}
	if k.Stock != nil {
		add(adapters.FieldStock, text.Number(v.lang, *k.Stock))
	}
	add(adapters.FieldUnit, k.Unit)
	if k.WeightGrams > 0 {
		add(adapters.FieldWeight, text.Number(v.lang, k.WeightGrams)+" g")
	}
	add(adapters.FieldDescription, k.Description)
	add(adapters.FieldImages, text.Number(v.lang, int64(len(s.Pictures)))+v.tr(" ảnh", " pictures"))
	if s.Product.ProductSet != "" {
		add(adapters.FieldCategory, setName(v.lang, s.Product.ProductSet))
	}
	facts := []adapters.Fact{{Kind: adapters.FactProducer, Value: s.Producer.Name}, {Kind: adapters.FactCommune, Value: s.Product.CommuneName}, {Kind: adapters.FactTrace, Value: k.TraceURL}}
	add(adapters.FieldOrigin, v.factLines(facts, nil)...)
	facts = []adapters.Fact{{Kind: adapters.FactDecision, Value: st.Number}, {Kind: adapters.FactDecidedOn, Value: string(st.Date)}, {Kind: adapters.FactUntil, Value: string(st.ValidUntil)}}
	if st.Stars > 0 {
		facts = append([]adapters.Fact{{Kind: adapters.FactStars, Value: strconv.Itoa(st.Stars)}}, facts...)
	}
	add(adapters.FieldOcop, v.factLines(facts, nil)...)
	add(adapters.FieldAttributes, v.tr("Mã sản phẩm OCOP: ", "OCOP product code: ")+s.Product.Code)
	return out
}

// thereLines is a marketplace's value for people; nil: its text can't be read
// by people.
func (v *visit) thereLines(lane string, f adapters.Field, seen string, places map[string]string) []string {
	if v.d.Describe != nil {
		if facts := v.d.Describe(lane, f, seen); len(facts) > 0 {
			return v.factLines(facts, places)
		}
	}
	if s := v.thereText(f, seen); s != "" {
		return []string{s}
	}
	return nil
}

// factLines puts the facts of a structured field into lines. The province goes
// without saying: it is that of every product here.
func (v *visit) factLines(facts []adapters.Fact, places map[string]string) []string {
	var out []string
	for _, f := range facts {
		if f.Value == "" {
			continue
		}
		switch f.Kind {
		case adapters.FactCategory:
			out = append(out, v.tr("Ngành hàng ", "Category ")+f.Value)
		case adapters.FactSets:
			sets := strings.Fields(f.Value)
			if len(sets) == 1 {
				out = append(out, setName(v.lang, sets[0]))
			} else {
				out = append(out, v.tr("Bộ ", "Sets ")+sentence(sets))
			}
		case adapters.FactCommune:
			if name := places[f.Value]; name != "" {
				out = append(out, name)
			} else {
				out = append(out, f.Value)
			}
		case adapters.FactProvince:
		case adapters.FactTrace:
			out = append(out, v.tr("Truy xuất: ", "Trace: ")+f.Value)
		case adapters.FactStars:
			out = append(out, f.Value+v.tr(" sao", " stars"))
		case adapters.FactDecision:
			out = append(out, v.tr("QĐ ", "Decision ")+f.Value)
		case adapters.FactDecidedOn:
			out = append(out, v.tr("ngày ", "of ")+dayText(v, f.Value))
		case adapters.FactUntil:
			out = append(out, v.tr("đến ", "until ")+dayText(v, f.Value))
		default:
			out = append(out, f.Value)
		}
	}
	return out
}

var word = regexp.MustCompile(`\S+`)

// thereText is a marketplace's value for people, where its text is not its
// adapter's own.
func (v *visit) thereText(f adapters.Field, seen string) string {
	switch f {
	case adapters.FieldPrice, adapters.FieldListPrice, adapters.FieldStock, adapters.FieldWeight:
		n, err := strconv.ParseInt(seen, 10, 64)
		switch {
		case err != nil:
			return ""
		case f == adapters.FieldStock:
			return text.Number(v.lang, n)
		case n == 0:
			return "–"
		case f == adapters.FieldWeight:
			return text.Number(v.lang, n) + " g"
		}
		return text.Money(v.lang, n)
	case adapters.FieldName, adapters.FieldUnit:
		return seen
	case adapters.FieldDescription:
		return plainText(seen)
	case adapters.FieldImages:
		return text.Number(v.lang, int64(len(word.FindAllString(seen, -1)))) + v.tr(" ảnh", " pictures")
	}
	return ""
}

var tag = regexp.MustCompile(`<[^>]*>`)

// plainText is a description without the marketplace's tags.
func plainText(s string) string {
	return strings.TrimSpace(html.UnescapeString(tag.ReplaceAllString(s, " ")))
}
