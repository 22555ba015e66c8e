package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lensan/cmd/lensan/sample"
	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/register"
	"lensan/store/storetest"
)

var updateImport = flag.Bool("update-import", false, "write the golden files of import reports anew")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *updateImport {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs:\n%s", path, got)
	}
}

func importReports(t *testing.T, s *store.Store, files []register.File, pictures register.Pictures, opts store.ImportOptions) map[string][]byte {
	t.Helper()
	imp, err := s.BeginImport(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	defer imp.Close()
	if err := register.Load(t.Context(), files, pictures, imp); err != nil {
		t.Fatal(err)
	}
	rep, err := imp.Apply(t.Context())
	if err != nil && rep.State != store.ImportHeld {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, l := range []text.Lang{text.VI, text.EN} {
		var b bytes.Buffer
		if err := ImportText(&b, l, rep, imp.AllDoubts(t.Context()), imp.AllPictureProblems(t.Context())); err != nil {
			t.Fatal(err)
		}
		out[string(l)] = bytes.ReplaceAll(b.Bytes(), []byte(rep.ID), []byte("i0"))
	}
	var b bytes.Buffer
	if err := ImportJSON(&b, rep, imp.AllDoubts(t.Context()), imp.AllPictureProblems(t.Context())); err != nil {
		t.Fatal(err)
	}
	out["json"] = b.Bytes()
	return out
}

func TestImportReportOfTheSample(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, storetest.URLs(t)["sqlite"](t), store.Options{})
	got := importReports(t, s, sample.Files(), sample.Pictures(), store.ImportOptions{By: "test"})
	golden(t, "import_sample_vi.txt", got["vi"])
	golden(t, "import_sample_en.txt", got["en"])
	var j struct {
		Version int `json:"schema_version"`
		Import  store.ImportReport
		Doubts  []struct {
			Cell     string
			ReasonVI string `json:"reason_vi"`
		}
		Pictures []struct{ SKU string }
	}
	if err := json.Unmarshal(got["json"], &j); err != nil {
		t.Fatal(err)
	}
	if j.Version != 1 || j.Import.Counts.ThreeStars != 253 || len(j.Doubts) != 24 || j.Doubts[0].Cell != "L57" || j.Doubts[0].ReasonVI == "" || len(j.Pictures) != 10 {
		t.Errorf("%+v", j)
	}
	again := importReports(t, s, sample.Files(), sample.Pictures(), store.ImportOptions{By: "test"})
	if first, _, _ := strings.Cut(string(again["vi"]), "\n"); first != "Lần nạp i0: không có gì thay đổi." {
		t.Errorf("the same again says %q", first)
	}
}

func TestImportReportOfAHeldImport(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, storetest.URLs(t)["sqlite"](t), store.Options{})
	importReports(t, s, sample.Files(), sample.Pictures(), store.ImportOptions{By: "test"})
	broken := register.FromBytes("cắt cụt.csv", []byte("Mã sản phẩm OCOP;Tên sản phẩm;Hạng sao;Cột lạ\n40-416-16792-1-2026;Dệt thổ cẩm;2;\nsai mã;Một;3;\n"))
	got := importReports(t, s, []register.File{broken}, register.Pictures{}, store.ImportOptions{By: "test"})
	golden(t, "import_held_vi.txt", got["vi"])
	golden(t, "import_held_en.txt", got["en"])
}
