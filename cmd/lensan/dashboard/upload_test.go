package dashboard

import (
	"archive/zip"
	"bytes"
	"image"
	"image/png"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"lensan/store"
	"lensan/store/catalog"
)

// sent is one part of a form: a file where it has a name.
type sent struct {
	field, name string
	data        []byte
}

func (c *client) uploadAll(parts ...sent) (*http.Response, string) {
	c.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for _, p := range parts {
		if p.name == "" {
			form.WriteField(p.field, string(p.data))
			continue
		}
		w, err := form.CreateFormFile(p.field, p.name)
		if err != nil {
			c.t.Fatal(err)
		}
		w.Write(p.data)
	}
	form.Close()
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.site.url+"/imports", &b)
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	for k, v := range c.cookies {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	resp, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return resp, string(body)
}

func picture(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func archive(t testing.TB, entries map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, data := range entries {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		w.Write(data)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRegistersAndPicturesAreUploadedTogether(t *testing.T) {
	t.Parallel()
	var asked []ImportRequest
	var seen []string
	s := newSite(t, 10, func(o *Options) {
		o.Import = func(ctx ctx, q ImportRequest) (ImportResult, error) {
			asked, seen = append(asked, q), nil
			if q.Pictures != nil {
				err := fs.WalkDir(q.Pictures, ".", func(p string, e fs.DirEntry, err error) error {
					if err == nil && !e.IsDir() {
						seen = append(seen, p)
					}
					return err
				})
				if err != nil {
					return ImportResult{}, err
				}
			}
			return importNothing(ctx, q)
		}
	})
	c := s.client(t)
	pic := picture(t)
	resp, body := c.uploadAll(
		sent{"file", "danh sách.xlsx", workbook(t, "xl/workbook.xml")}, sent{"file", "gia.csv", []byte("Mã hàng (SKU),Giá bán\n1,2\n")},
		sent{"pictures", "chè.png", pic},
		sent{"pictures", "ảnh.zip", archive(t, map[string][]byte{"ảnh/mật ong.png": pic, "../../ngoài.png": pic, "đọc.txt": []byte("không phải ảnh"), "__MACOSX/._x.png": pic, "giả.jpg": []byte("<html>")})},
		sent{"whole", "", []byte("complete")}, sent{"kind", "", []byte("commune")}, sent{"value", "", []byte("Xã Nam Đàn")})
	if resp.StatusCode != http.StatusSeeOther || len(asked) != 1 {
		t.Fatal(resp.StatusCode, body)
	}
	q := asked[0]
	if len(q.Files) != 2 || q.Files[0].Name != "danh sách.xlsx" || q.Files[1].Name != "gia.csv" || q.Partial || q.Complete == nil || len(q.Complete.Communes) != 1 || q.Complete.Communes[0] != "Xã Nam Đàn" {
		t.Errorf("%+v", q)
	}
	if got := strings.Join(seen, ","); got != "chè.png,mật ong.png,ngoài.png" {
		t.Errorf("pictures: %s", got)
	}
	_, page := c.get(resp.Header.Get("Location"))
	for _, want := range []string{"danh sách.xlsx, gia.csv", "3 ảnh kèm theo", "Xã Nam Đàn", "đọc.txt", "giả.jpg"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in the preview", want)
		}
	}
	if resp, _ := c.post(resp.Header.Get("Location"), "do", "take"); resp.Header.Get("Location") != "/imports/m1" || len(asked) != 2 || asked[1].DryRun || asked[1].Complete == nil || len(seen) != 3 {
		t.Errorf("confirmed: %s %+v %v", resp.Header.Get("Location"), asked, seen)
	}
}

func TestWhatIsUploadedIsBoundedAndKnownByItsContent(t *testing.T) {
	t.Parallel()
	called := 0
	s := newSite(t, 0, func(o *Options) {
		o.MaxUpload, o.MaxPictures = 1<<20, 1<<20
		o.Import = func(ctx ctx, q ImportRequest) (ImportResult, error) {
			called++
			return importNothing(ctx, q)
		}
	})
	c := s.client(t)
	register := sent{"file", "a.csv", []byte("a,b\n1,2\n")}
	many := make([]sent, maxFiles+1)
	for i := range many {
		many[i] = register
	}
	nested := archive(t, map[string][]byte{"x.zip": archive(t, map[string][]byte{"y.png": picture(t)})})
	for name, bad := range map[string]struct {
		parts []sent
		want  int
	}{
		"a page called a picture":      {[]sent{register, {"pictures", "a.png", []byte("<html><script>x</script>")}}, 415},
		"an archive without a picture": {[]sent{register, {"pictures", "a.zip", archive(t, map[string][]byte{"a.txt": []byte("x")})}}, 415},
		"an archive in an archive":     {[]sent{register, {"pictures", "a.zip", nested}}, 415},
		"a broken archive":             {[]sent{register, {"pictures", "a.zip", append([]byte("PK\x03\x04"), bytes.Repeat([]byte("x"), 600)...)}}, 415},
		"pictures alone":               {[]sent{{"pictures", "a.png", picture(t)}}, 400},
		"a workbook that is a picture": {[]sent{{"file", "a.xlsx", picture(t)}}, 415},
		"a second file that is bad":    {[]sent{register, {"file", "b.xlsx", []byte("x")}}, 415},
		"too many files":               {many, 413},
		"too large a register":         {[]sent{{"file", "a.csv", bytes.Repeat([]byte("a,b\n"), 1<<18+10)}}, 413},
		"too much in all":              {[]sent{register, {"pictures", "a.png", append(picture(t), make([]byte, 3<<20)...)}}, 413},
		"whole for what":               {[]sent{register, {"whole", "", []byte("complete")}, {"kind", "", []byte("commune")}}, 400},
		"no such set":                  {[]sent{register, {"whole", "", []byte("complete")}, {"kind", "", []byte("set")}, {"value", "", []byte("31")}}, 400},
	} {
		if resp, body := c.uploadAll(bad.parts...); resp.StatusCode != bad.want {
			t.Errorf("%s: %d, want %d: %s", name, resp.StatusCode, bad.want, body[:min(len(body), 100)])
		}
	}
	if called != 0 {
		t.Errorf("%d refused uploads were read", called)
	}
	if resp, _ := c.uploadAll(register, sent{"whole", "", []byte("partial")}); resp.StatusCode != http.StatusSeeOther || called != 1 {
		t.Errorf("a good one: %d", resp.StatusCode)
	}
	for range uploadsWaiting + 2 { // those that wait make room
		c.uploadAll(register)
	}
	if n := len(s.uploads.byID); n != uploadsWaiting {
		t.Errorf("%d uploads wait", n)
	}
}

func TestAHeldImportIsConfirmedFromItsPreview(t *testing.T) {
	t.Parallel()
	var asked []ImportRequest
	s := newSite(t, 10, func(o *Options) {
		o.Import = func(ctx ctx, q ImportRequest) (ImportResult, error) {
			asked = append(asked, q)
			res, err := importNothing(ctx, q)
			if q.Confirm == "" {
				res.Report.Held = []catalog.Reason{{Code: "source.watermark"}}
				if res.Report.ID = "dry"; !q.DryRun {
					res.Report.ID, res.Report.State = "m7", store.ImportHeld
				}
			}
			return res, err
		}
	})
	c := s.client(t)
	resp, _ := c.uploadAll(sent{"file", "a.csv", []byte("a,b\n1,2\n")})
	at := resp.Header.Get("Location")
	_, page := c.get(at)
	if !strings.Contains(page, `name="sure"`) || !strings.Contains(page, "vẫn nhập") || strings.Contains(page, `value="dry"`) {
		t.Fatal("the preview does not say that the import would be held, or offers the id of a reading that is not on record")
	}
	resp, _ = c.post(at, "do", "take", "sure", "1")
	if resp.Header.Get("Location") != "/imports/m1" || len(asked) != 3 || asked[1].Confirm != "" || asked[2].Confirm != "m7" {
		t.Errorf("%s %+v", resp.Header.Get("Location"), asked)
	}
}

// Several registers with their pictures are chosen, looked at and confirmed in
// the browser.
func TestUploadInChromium(t *testing.T) {
	s := newSite(t, 10, func(o *Options) {
		o.Import = func(ctx ctx, q ImportRequest) (ImportResult, error) {
			res, err := importNothing(ctx, q)
			if !q.DryRun {
				res.Report.ID = "m1"
			}
			return res, err
		}
	})
	s.Exec(t, "INSERT INTO imports (id, files, digest, state, rows_read, counts, imported_by, created_at) VALUES ('m1', 'so.csv', 'd', 'applied', 3, '{}', 'an', 1)")
	dir := t.TempDir()
	file := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	b := newBrowser(t)
	b.resize(phone)
	b.do(chromedp.Navigate(s.url + "/imports/new"))
	hidden, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](`getComputedStyle(document.querySelector(".when-complete")).display === "none"`))
	if err != nil || !hidden {
		t.Errorf("the scope is asked for before it is needed: %v %v", hidden, err)
	}
	b.do(chromedp.SetUploadFiles("input[name=file]", []string{file("so.csv", []byte("a,b\n1,2\n")), file("gia.csv", []byte("a,b\n1,2\n"))}))
	b.do(chromedp.SetUploadFiles("input[name=pictures]", []string{file("anh.zip", archive(t, map[string][]byte{"x.png": picture(t)}))}))
	b.do(chromedp.Click("input[value=complete]"))
	b.click("Đọc thử")
	b.waitText("h1", "so.csv, gia.csv")
	b.waitText("main", "1 ảnh kèm theo")
	b.waitText("main", "Đầy đủ cho: tất cả")
	b.click("Nhập vào")
	b.waitText(".note", "Đã nhập danh sách")
	b.clean("upload")
}
