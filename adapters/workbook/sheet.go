package workbook

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"lensan/adapters"
)

// guideSheet is the sheet that says what to do.
const guideSheet = "Hướng dẫn"

// picturesSuffix ends the name of the folder of pictures beside a file.
const picturesSuffix = "-anh"

// shopColumns are those of the file of shops; a person types them in.
var shopColumns = []Column{
	{Is: isShop, Heading: "Mã gian hàng"}, {Is: "name", Heading: "Tên gian hàng"}, {Is: "phone", Heading: "Điện thoại"}, {Is: "tax_code", Heading: "Mã số thuế"},
	{Is: "province", Heading: "Mã tỉnh"}, {Is: "commune", Heading: "Mã xã"}, {Is: "address", Heading: "Địa chỉ"},
}

// columnsFor are the columns that a kind of file has.
func (m Mapping) columnsFor(k kind) []Column {
	if k == kindShops {
		return shopColumns
	}
	var out []Column
	for _, c := range m.Columns {
		switch c.Is {
		case "":
			if k == kindCreate || k == kindUpdate {
				out = append(out, c)
			}
		case isShop, isSKU:
			out = append(out, c)
		case isID:
			if k != kindCreate {
				out = append(out, c)
			}
		case isReason:
			if k == kindClose {
				out = append(out, c)
			}
		}
	}
	return out
}

// publish writes a file for upload from its record, the pictures first, and
// notes that it stands.
func (a *Adapter) publish(h *handed) error {
	base := filepath.Join(a.cfg.Folder, waitingFolder, h.File)
	if err := a.copyPictures(base+picturesSuffix, h.Rows); err != nil {
		return err
	}
	if err := a.writeSheet(base+".xlsx", h); err != nil {
		return err
	}
	h.Dirty = false
	return a.keep(h)
}

// writeSheet writes the workbook whole or not at all.
func (a *Adapter) writeSheet(path string, h *handed) error {
	x := excelize.NewFile()
	defer x.Close() //nolint:errcheck // in memory
	if err := x.SetSheetName("Sheet1", guideSheet); err != nil {
		return err
	}
	if err := a.writeGuide(x, h); err != nil {
		return err
	}
	sheet := a.mapping.Sheet
	if h.Kind == kindShops {
		sheet = "Gian hàng"
	}
	if _, err := x.NewSheet(sheet); err != nil {
		return err
	}
	if err := a.writeRows(x, sheet, h); err != nil {
		return err
	}
	switch a.mapping.Guide {
	case "last":
		if err := x.MoveSheet(sheet, guideSheet); err != nil {
			return err
		}
	case "none":
		if err := x.DeleteSheet(guideSheet); err != nil {
			return err
		}
	}
	return saveAs(x, path)
}

func saveAs(x *excelize.File, path string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".ghi-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // gone where it was renamed
	err = x.Write(f)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func (a *Adapter) writeRows(x *excelize.File, sheet string, h *handed) error {
	heading, err := x.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDEBF7"}},
		Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return err
	}
	words, err := x.NewStyle(&excelize.Style{NumFmt: 49}) // text: a SKU keeps its zeros, and = begins no formula, when a person edits it too
	if err != nil {
		return err
	}
	w, err := x.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	columns := a.mapping.columnsFor(h.Kind)
	if err := w.SetColWidth(1, len(columns), 18); err != nil {
		return err
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	cells := make([]any, len(columns))
	for i, c := range columns {
		cells[i] = excelize.Cell{StyleID: heading, Value: c.Heading}
	}
	if err := w.SetRow("A1", cells); err != nil {
		return err
	}
	for n, r := range h.Rows {
		for i, c := range columns {
			cells[i] = a.cellFor(c, r, words)
		}
		if err := w.SetRow("A"+strconv.Itoa(n+2), cells); err != nil {
			return err
		}
	}
	return w.Flush()
}

// cellFor is a row's cell. Texts are written as texts, whatever they begin
// with.
func (a *Adapter) cellFor(c Column, r row, words int) any {
	s := ""
	switch {
	case c.Is == isID:
		s = r.ID
	case c.Is == isShop:
		s = r.Shop
	case c.Is == isSKU:
		s = r.SKU
	case c.Field == adapters.FieldImages:
		names := make([]string, len(r.Images))
		for i, name := range r.Images {
			names[i] = pictureName(r.SKU, i, name)
		}
		s = strings.Join(names, "; ")
	default:
		var named bool
		if s, named = r.Cells[c.id()]; named && s == "" && kinds[r.Op] == kindUpdate {
			s = a.mapping.Erase
		}
	}
	if s == "" {
		return nil
	}
	if c.Number {
		if f, err := strconv.ParseFloat(s, 64); err == nil {
			return excelize.Cell{Value: f}
		}
	}
	return excelize.Cell{StyleID: words, Value: s}
}

// writeEmptyList writes a list without rows, for a person to drop where
// nothing stands on the marketplace yet.
func (a *Adapter) writeEmptyList(path string) error {
	x := excelize.NewFile()
	defer x.Close() //nolint:errcheck // in memory
	if err := x.SetSheetName("Sheet1", a.mapping.Sheet); err != nil {
		return err
	}
	place := 0
	for _, c := range a.mapping.Columns {
		if c.Is == isReason {
			continue
		}
		place++
		cell, err := excelize.CoordinatesToCellName(place, 1)
		if err != nil {
			return err
		}
		if err := x.SetCellStr(a.mapping.Sheet, cell, c.Heading); err != nil {
			return err
		}
	}
	return saveAs(x, path)
}
