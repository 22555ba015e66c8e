package main

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"lensan/adapters"
	"lensan/cmd/lensan/report"
	"lensan/cmd/lensan/text"
	"lensan/config"
)

func (a *app) marketplacesCommand() *cobra.Command {
	return a.command("marketplaces", cobra.NoArgs, nil, func(context.Context, []string) error {
		open, err := openAdapters(a.cfg, nil, a.log)
		if err != nil {
			return err
		}
		if a.format() != report.FormatTable {
			return a.capabilityRows(open)
		}
		a.markSandbox(a.out)
		columns := []report.Column{{Title: text.HeadFact.In(a.lang)}}
		var caps []adapters.Capabilities
		var lanes []config.Lane
		for _, l := range a.cfg.Enabled() {
			ad := open[l.Name]
			caps, lanes = append(caps, ad.Capabilities()), append(lanes, l)
			columns = append(columns, report.Column{Title: ad.Capabilities().Title, Width: 40})
		}
		w := report.NewWriter(a.out, report.FormatTable, "marketplaces", nil, columns...)
		for _, f := range a.facts() {
			row := []report.Cell{report.V(f.title.In(a.lang))}
			for i := range caps {
				row = append(row, report.V(f.say(lanes[i], caps[i])))
			}
			w.Row(row...)
		}
		return w.Close()
	})
}

func (a *app) capabilityRows(open map[string]adapters.Adapter) error {
	w := a.result("marketplaces", nil, data("name"), data("title"), data("enabled"), data("url"), data("sandbox"), data("writes_allowed"), data("capabilities"))
	for _, l := range a.cfg.Lanes {
		var caps any
		title := l.Name
		if ad := open[l.Name]; ad != nil {
			c := ad.Capabilities()
			caps, title = c, c.Title
		}
		w.Row(report.V(l.Name), report.V(title), report.V(l.Enabled), report.V(l.URL), report.V(l.IsSandbox()), report.V(l.IsLocal() || l.IsWorkbook()), report.V(caps))
	}
	return w.Close()
}

// fact is one line on what a marketplace can do.
type fact struct {
	title text.Phrase
	say   func(config.Lane, adapters.Capabilities) string
}

func (a *app) facts() []fact {
	yes := func(b bool) string {
		if b {
			return text.WordYes.In(a.lang)
		}
		return text.WordNo.In(a.lang)
	}
	fields := func(list []adapters.Field) string {
		words := make([]string, len(list))
		for i, f := range list {
			words[i] = text.Field(a.lang, f)
		}
		return strings.Join(words, ", ")
	}
	return []fact{
		{text.FactURL, func(l config.Lane, _ adapters.Capabilities) string { return l.URL }},
		{text.FactAssumed, func(_ config.Lane, c adapters.Capabilities) string { return yes(c.Assumed) }},
		{text.FactRate, func(_ config.Lane, c adapters.Capabilities) string { return strconv.FormatFloat(c.Rate, 'f', -1, 64) }},
		{text.FactFields, func(_ config.Lane, c adapters.Capabilities) string { return fields(c.Fields) }},
		{text.FactReview, func(_ config.Lane, c adapters.Capabilities) string { return fields(c.ReviewFields) }},
		{text.FactBatch, func(_ config.Lane, c adapters.Capabilities) string { return a.batches(c.Batch) }},
		{text.FactKeys, func(_ config.Lane, c adapters.Capabilities) string {
			if c.KeyLife == 0 {
				return text.WordNo.In(a.lang)
			}
			return text.Duration(a.lang, c.KeyLife)
		}},
		{text.FactLag, func(_ config.Lane, c adapters.Capabilities) string { return text.Duration(a.lang, c.VisibilityLag()) }},
		{text.FactToken, func(_ config.Lane, c adapters.Capabilities) string { return yes(c.SharedToken) }},
		{text.FactWebhooks, func(_ config.Lane, c adapters.Capabilities) string { return yes(c.Webhooks) }},
		{text.FactNotSold, func(_ config.Lane, c adapters.Capabilities) string {
			if len(c.NotSold) == 0 {
				return "–"
			}
			var sets []string
			for s := range c.NotSold {
				sets = append(sets, s)
			}
			slices.Sort(sets)
			return strings.Join(sets, ", ")
		}},
		{text.FactImages, func(_ config.Lane, c adapters.Capabilities) string {
			return text.ImageFact.In(a.lang, "max", strconv.Itoa(c.MaxImages), "from", strconv.Itoa(c.ImageMin), "to", strconv.Itoa(c.ImageMax))
		}},
	}
}

func (a *app) batches(batch map[adapters.Op]int) string {
	var out []string
	for op, n := range batch {
		out = append(out, text.Op(a.lang, op)+": "+strconv.Itoa(n))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}
