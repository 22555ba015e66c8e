package main

import (
	"lensan/adapters/workbook"
	"lensan/cmd/lensan/text"
)

// sayFiles tells on stderr which lanes have files that wait to be uploaded by
// hand, and where.
func (a *app) sayFiles() {
	for _, m := range marketplaces {
		l, _ := a.cfg.Lane(m.Name)
		if !l.Enabled || !l.IsWorkbook() {
			continue
		}
		files, folder, err := workbook.Waiting(l.Folder)
		if err != nil {
			a.log.Warn("files that wait are not known", "marketplace", m.Name, "err", err)
			continue
		}
		if len(files) > 0 {
			a.say(text.FilesWait, "title", m.rules.Capabilities().Title, "n", text.Number(a.lang, int64(len(files))), "folder", folder)
		}
	}
}
