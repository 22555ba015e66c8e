// Package sample is the sample register: an invented province's worth of
// products made from what is public about Nghệ An, with pictures, so that the
// program has something to do at its first start. It is never loaded while a
// lane points at a real marketplace.
package sample

import (
	"embed"
	"io/fs"

	"lensan/store/catalog"
	"lensan/store/register"
)

// Day is the day of the register's last change, to which the program's day is
// set while it runs on the sample.
const Day catalog.Day = "2026-10-31"

// Name is what the sample is called where its data is shown.
const Name = "so-ocop-nghe-an"

//go:embed so-ocop-nghe-an.xlsx dia-ban.csv anh/*.jpg
var files embed.FS

// Files are the sample's files, as `lensan import` takes them.
func Files() []register.File {
	var out []register.File
	for _, name := range []string{"dia-ban.csv", "so-ocop-nghe-an.xlsx"} {
		b, err := files.ReadFile(name)
		if err != nil {
			panic(err) // embedded
		}
		out = append(out, register.FromBytes(name, b))
	}
	return out
}

// Pictures are the sample's pictures.
func Pictures() register.Pictures {
	dir, err := fs.Sub(files, "anh")
	if err != nil {
		panic(err) // embedded
	}
	return register.Pictures{FS: dir}
}
