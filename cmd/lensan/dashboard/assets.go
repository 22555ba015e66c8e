package dashboard

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed assets
var assetFiles embed.FS

// asset is one file that pages are made with; its address holds its digest, so
// that browsers may keep it for good.
type asset struct {
	data []byte
	sum  string
}

var assetTable = func() map[string]asset {
	table := map[string]asset{}
	err := fs.WalkDir(assetFiles, "assets", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := assetFiles.ReadFile(name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		table[path.Base(name)] = asset{data, hex.EncodeToString(sum[:6])}
		return nil
	})
	if err != nil {
		panic(err) // the files are in the program
	}
	return table
}()

// assetURL is the address of an asset.
func assetURL(name string) string {
	a, ok := assetTable[name]
	if !ok {
		panic("dashboard: no asset " + name)
	}
	return "/assets/" + a.sum + "/" + name
}

func (d *Dashboard) assets() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sum, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/assets/"), "/")
		a, ok := assetTable[name]
		if !ok || a.sum != sum {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		w.Header().Set("ETag", `"`+a.sum+`"`)
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(a.data))
	})
}
