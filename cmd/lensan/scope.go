package main

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"golang.org/x/text/unicode/norm"

	"lensan/cmd/lensan/text"
	"lensan/store/catalog"
)

// scopeFlags are the flags that narrow what a command speaks of.
type scopeFlags struct {
	marketplaces, skus, products, producers, communes, districts, sets []string
	stars                                                              []string
	only                                                               string
	limit                                                              int
}

func (a *app) addScope(f *pflag.FlagSet, s *scopeFlags) {
	list := func(p *[]string, name string, usage text.Phrase) { f.StringArrayVar(p, name, nil, usage.In(a.lang)) }
	list(&s.marketplaces, "marketplace", text.FlagMarketplace)
	list(&s.skus, "sku", text.FlagSKU)
	list(&s.products, "product", text.FlagProduct)
	list(&s.producers, "producer", text.FlagProducer)
	list(&s.communes, "commune", text.FlagCommune)
	list(&s.districts, "district", text.FlagDistrict)
	list(&s.sets, "set", text.FlagSet)
	list(&s.stars, "stars", text.FlagStars)
	f.StringVar(&s.only, "only", "", text.FlagOnly.In(a.lang))
	f.IntVar(&s.limit, "limit", 0, text.FlagLimit.In(a.lang))
}

// scope reads the flags into a scope; everything wrong with them is told at
// once.
func (a *app) scope(s scopeFlags) (catalog.Scope, error) {
	out := catalog.Scope{
		Marketplaces: s.marketplaces, SKUs: nfc(s.skus), Products: nfc(s.products), Producers: nfc(s.producers),
		Communes: nfc(s.communes), Districts: nfc(s.districts), Only: s.only, Limit: max(s.limit, 0),
	}
	var wrong []string
	say := func(p text.Phrase, pairs ...string) { wrong = append(wrong, p.In(a.lang, pairs...)) }
	for _, name := range s.marketplaces {
		lane, known := a.cfg.Lane(name)
		switch {
		case !known:
			say(text.NoMarketplace, "name", name, "have", strings.Join(marketplaceNames(), ", "))
		case !lane.Enabled:
			say(text.LaneOff, "lane", name, "name", "LENSAN_"+strings.ToUpper(name)+"_ENABLED")
		}
	}
	for _, v := range s.sets {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > 26 {
			say(text.BadSet, "value", v)
			continue
		}
		out.Sets = append(out.Sets, twoDigits(n))
	}
	for _, v := range s.stars {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > 5 {
			say(text.BadStars, "value", v)
			continue
		}
		out.Stars = append(out.Stars, n)
	}
	if kind, reason, has := strings.Cut(s.only, ":"); s.only != "" {
		if !slices.Contains([]string{"new", "changed", "failed", "drifted", "left-out"}, kind) || has && (kind != "failed" || reason == "") {
			say(text.BadOnly, "value", s.only)
		}
	}
	if s.limit < 0 {
		say(text.FlagBadValue, "name", "--limit", "value", strconv.Itoa(s.limit))
	}
	if len(wrong) > 0 {
		return catalog.Scope{}, fail(ExitUsage, wrong...)
	}
	return out, nil
}

// policy reads --policy.
func (a *app) policy(v string) (catalog.Policy, error) {
	if p := catalog.Policy(v); slices.Contains(catalog.Policies, p) {
		return p, nil
	}
	return "", a.fail(ExitUsage, text.BadPolicy, "value", v)
}

// day reads a day flag, as 2026-11-24 or 24/11/2026; empty gives none.
func (a *app) day(flag, v string) (catalog.Day, error) {
	if v == "" {
		return "", nil
	}
	if t, err := time.Parse("02/01/2006", v); err == nil {
		return catalog.Day(t.Format(time.DateOnly)), nil
	}
	d, err := catalog.ParseDay(v)
	if err != nil {
		return "", a.fail(ExitUsage, text.BadDay, "name", flag, "value", v)
	}
	return d, nil
}

// nfc composes what was typed, so that it meets the record's form.
func nfc(values []string) []string {
	out := make([]string, 0, len(values))
	for _, v := range values {
		out = append(out, norm.NFC.String(strings.TrimSpace(v)))
	}
	return out
}

func twoDigits(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}
