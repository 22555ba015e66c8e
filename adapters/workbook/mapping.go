package workbook

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"

	"lensan/adapters"
)

// Mapping says which columns a marketplace's bulk upload and exported list
// have. It is assumed, like the wire contracts, until somebody compares it with
// the portal's own template.
type Mapping struct {
	// Sheet is the name of the sheet that holds the rows.
	Sheet string `yaml:"sheet"`
	// Guide is where the sheet stands that says what to do: first, last or
	// none, for portals that read the first sheet or take one only. Default
	// first.
	Guide string `yaml:"guide"`
	// MaxRows is how many products one upload file may hold. Default 500.
	MaxRows int `yaml:"max_rows"`
	// Erase is written into an update's cell where what stands there is to be
	// removed: an empty cell leaves it as it is. Default "(xóa)".
	Erase string `yaml:"erase"`
	// Columns in the order of the upload file.
	Columns []Column `yaml:"columns"`
	// States are the words of the state column, by market state.
	States map[adapters.MarketState][]string `yaml:"states"`
	// Reasons are the words written for each reason to close.
	Reasons map[adapters.CloseReason]string `yaml:"reasons"`
}

// Column is one column: a field of the product or a part of one, or what Is
// says.
type Column struct {
	Is      role           `yaml:"is"`
	Field   adapters.Field `yaml:"field"`
	Key     string         `yaml:"key"` // of a field that has several parts
	Heading string         `yaml:"heading"`
	Also    []string       `yaml:"also"`   // other headings in exported lists
	Number  bool           `yaml:"number"` // written as a number
	Day     bool           `yaml:"day"`    // written as 24/11/2026
	// Per is how many of our units make one of theirs: 1000 where the
	// marketplace has kilograms. Default 1.
	Per int64 `yaml:"per"`
	// Blank is what an empty cell stands for: a text, or the word price.
	// Default: the field is not shown.
	Blank string `yaml:"blank"`
}

// role is what a column is that holds no field.
type role string

const (
	isID        role = "id"
	isShop      role = "shop"
	isSKU       role = "sku"
	isState     role = "state"
	isReason    role = "reason"
	isURL       role = "url"
	isCreated   role = "created"
	isUpdated   role = "updated"
	isRejection role = "rejection"
)

// needed are the columns without which a list can't be understood.
var needed = []role{isID, isShop, isSKU, isState}

var roles = []role{isID, isShop, isSKU, isState, isReason, isURL, isCreated, isUpdated, isRejection}

// id names a column in rows as handed over, whatever its heading is today.
func (c Column) id() string {
	switch {
	case c.Is != "":
		return string(c.Is)
	case c.Key != "":
		return string(c.Field) + "/" + c.Key
	}
	return string(c.Field)
}

// ParseMapping reads a mapping and tells everything that is wrong with it.
func ParseMapping(text []byte) (Mapping, error) {
	var m Mapping
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&m); err != nil {
		return m, fmt.Errorf("mapping: %w", err)
	}
	if m.MaxRows == 0 {
		m.MaxRows = 500
	}
	if m.Guide == "" {
		m.Guide = "first"
	}
	if m.Erase == "" {
		m.Erase = "(xóa)"
	}
	for i := range m.Columns {
		if m.Columns[i].Per == 0 {
			m.Columns[i].Per = 1
		}
	}
	return m, m.check()
}

func (m Mapping) check() error {
	var out []error
	bad := func(format string, args ...any) { out = append(out, fmt.Errorf("mapping: "+format, args...)) }
	if m.Sheet == "" || len([]rune(m.Sheet)) > 31 || m.Sheet == guideSheet {
		bad("sheet: %q can't name a sheet", m.Sheet)
	}
	if !slices.Contains([]string{"first", "last", "none"}, m.Guide) {
		bad("guide: %q is not first, last or none", m.Guide)
	}
	if m.MaxRows < 1 || m.MaxRows > 100_000 {
		bad("max_rows: %d is not between 1 and 100000", m.MaxRows)
	}
	ids, headings := map[string]bool{}, map[string]string{}
	fields := slices.Concat(adapters.ContentFields, adapters.OfferFields)
	for _, c := range m.Columns {
		switch {
		case c.Heading == "":
			bad("column %q has no heading", c.id())
		case (c.Is == "") == (c.Field == ""):
			bad("column %q must have either is or field", c.Heading)
		case c.Is != "" && !slices.Contains(roles, c.Is):
			bad("column %q: is %q is not known", c.Heading, c.Is)
		case c.Field != "" && !slices.Contains(fields, c.Field):
			bad("column %q: there is no field %q", c.Heading, c.Field)
		case ids[c.id()]:
			bad("column %q: %s stands twice", c.Heading, c.id())
		case c.Per < 1:
			bad("column %q: per must be 1 or more", c.Heading)
		}
		ids[c.id()] = true
		for _, h := range append([]string{c.Heading}, c.Also...) {
			if other, twice := headings[folded(h)]; twice && other != c.id() {
				bad("heading %q stands for %s and for %s", h, other, c.id())
			}
			headings[folded(h)] = c.id()
		}
	}
	for _, r := range needed {
		if !ids[string(r)] {
			bad("no column is %q", r)
		}
	}
	words := map[string]adapters.MarketState{}
	for _, s := range []adapters.MarketState{adapters.PendingReview, adapters.Live, adapters.Rejected, adapters.Closed, adapters.Locked} {
		for _, w := range m.States[s] {
			if other, twice := words[folded(w)]; twice {
				bad("the word %q stands for %s and for %s", w, other, s)
			}
			words[folded(w)] = s
		}
	}
	for _, s := range []adapters.MarketState{adapters.Live, adapters.Closed} {
		if len(m.States[s]) == 0 {
			bad("states: no word for %s", s)
		}
	}
	for s := range m.States {
		if !slices.Contains([]adapters.MarketState{adapters.PendingReview, adapters.Live, adapters.Rejected, adapters.Closed, adapters.Locked}, s) {
			bad("states: there is no state %q", s)
		}
	}
	return errors.Join(out...)
}

// column finds what has a role.
func (m Mapping) column(r role) (Column, bool) {
	i := slices.IndexFunc(m.Columns, func(c Column) bool { return c.Is == r })
	if i < 0 {
		return Column{}, false
	}
	return m.Columns[i], true
}

// of are the columns of a field.
func (m Mapping) of(f adapters.Field) []Column {
	var out []Column
	for _, c := range m.Columns {
		if c.Field == f {
			out = append(out, c)
		}
	}
	return out
}

// fields are those that have a column.
func (m Mapping) fields() []adapters.Field {
	var out []adapters.Field
	for _, f := range slices.Concat(adapters.ContentFields, adapters.OfferFields) {
		if len(m.of(f)) > 0 {
			out = append(out, f)
		}
	}
	return out
}

// state finds a word of the state column.
func (m Mapping) state(word string) (adapters.MarketState, bool) {
	for s, words := range m.States {
		if slices.ContainsFunc(words, func(w string) bool { return folded(w) == folded(word) }) {
			return s, true
		}
	}
	return "", false
}
