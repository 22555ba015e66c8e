package main

import (
	"time"

	"lensan/cmd/lensan/report"
	"lensan/cmd/lensan/text"
	"lensan/store/catalog"
)

// column is a column of words.
func (a *app) column(key string, title text.Phrase) report.Column {
	return report.Column{Key: key, Title: title.In(a.lang)}
}

// wide is a column whose words wrap.
func (a *app) wide(key string, title text.Phrase, width int) report.Column {
	return report.Column{Key: key, Title: title.In(a.lang), Width: width}
}

// number is a column of numbers.
func (a *app) number(key string, title text.Phrase) report.Column {
	return report.Column{Key: key, Title: title.In(a.lang), Right: true}
}

// data is a column for programs only.
func data(key string) report.Column { return report.Column{Key: key} }

// count is a cell with a number.
func (a *app) count(n int) report.Cell { return report.T(n, text.Number(a.lang, int64(n))) }

// when is a cell with a moment, UTC milliseconds for programs.
func (a *app) when(ms int64) report.Cell {
	if ms == 0 {
		return report.Cell{Value: int64(0), Text: "–"}
	}
	return report.T(ms, text.Moment(a.lang, time.UnixMilli(ms)))
}

// dayCell is a cell with a civil day.
func (a *app) dayCell(d string) report.Cell {
	if d == "" {
		return report.Cell{Value: "", Text: "–"}
	}
	return report.T(d, text.Day(a.lang, catalog.Day(d)))
}

// dash stands where a table has nothing to show.
func dash(s string) report.Cell {
	if s == "" {
		return report.Cell{Value: s, Text: "–"}
	}
	return report.V(s)
}
