package register

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"testing"
	"testing/fstest"

	"golang.org/x/text/unicode/norm"

	"lensan/store/catalog"
)

// picture is one whose left half is red and right half blue, so that turning
// it shows.
func picture(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, image.Rect(0, 0, w/2, h), image.NewUniform(color.RGBA{R: 220, A: 255}), image.Point{}, draw.Src)
	draw.Draw(img, image.Rect(w/2, 0, w, h), image.NewUniform(color.RGBA{B: 220, A: 255}), image.Point{}, draw.Src)
	return img
}

func asJPEG(t *testing.T, img image.Image, turn orientation) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	if turn == 0 {
		return b.Bytes()
	}
	exif := []byte("Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00")
	exif = append(exif, byte(turn), 0, 0, 0, 0, 0, 0)
	exif = append(exif, []byte("GPS 18.67N 105.69E")...)
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(exif)+2))
	return append(append([]byte{0xff, 0xd8}, append(segment, exif...)...), b.Bytes()[2:]...)
}

func asPNG(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func decodePicture(t *testing.T, p catalog.PictureFile) image.Image {
	t.Helper()
	img, kind, err := image.Decode(bytes.NewReader(p.Bytes))
	if err != nil || "image/"+kind != p.Type || img.Bounds().Dx() != p.Width || img.Bounds().Dy() != p.Height || p.SHA256 != hash(p.Bytes) {
		t.Fatalf("%s %v %v %dx%d, err %v", kind, p.Type, img.Bounds(), p.Width, p.Height, err)
	}
	return img
}

func TestPicturesThatAreFineKeepTheirBytes(t *testing.T) {
	t.Parallel()
	for _, b := range [][]byte{asJPEG(t, picture(900, 700), 0), asPNG(t, picture(600, 600))} {
		p := preparePicture(b)
		if p.Problem != "" || !bytes.Equal(p.Bytes, b) {
			t.Errorf("%s %s", p.Problem, p.Type)
		}
		decodePicture(t, p)
	}
}

func TestTheCamerasNotesDoNotLeaveTheHouse(t *testing.T) {
	t.Parallel()
	plain := asJPEG(t, picture(900, 700), 0)
	p := preparePicture(asJPEG(t, picture(900, 700), 1))
	if !bytes.Equal(p.Bytes, plain) {
		t.Error("not the same picture, bit for bit, without its notes")
	}
	if q := preparePicture(asJPEG(t, picture(900, 700), 6)); bytes.Contains(q.Bytes, []byte("GPS")) {
		t.Error("the place is still in it")
	}
}

func TestOrientationIsHonoured(t *testing.T) {
	t.Parallel()
	// Where the red half ends up, by the camera's note.
	for turn, want := range map[orientation]string{1: "left", 2: "right", 3: "right", 4: "left", 5: "top", 6: "top", 7: "bottom", 8: "bottom"} {
		p := preparePicture(asJPEG(t, picture(660, 600), turn))
		img := decodePicture(t, p)
		w, h := p.Width, p.Height
		at := map[string]image.Point{"left": {w / 10, h / 2}, "right": {w * 9 / 10, h / 2}, "top": {w / 2, h / 10}, "bottom": {w / 2, h * 9 / 10}}
		for side, pt := range at {
			r, _, b, _ := img.At(pt.X, pt.Y).RGBA()
			if red := r > b; side == want && !red {
				t.Errorf("orientation %d: %s is not red", turn, side)
			}
		}
		if (turn >= 5) != (w == 600 && h == 660) {
			t.Errorf("orientation %d: %dx%d", turn, w, h)
		}
	}
}

func TestLargePicturesAreScaledDown(t *testing.T) {
	t.Parallel()
	p := preparePicture(asJPEG(t, picture(4400, 660), 6))
	decodePicture(t, p)
	if p.Width != 600 || p.Height != 4000 || len(p.Bytes) > maxStored || p.Type != "image/jpeg" {
		t.Errorf("%dx%d, %d bytes", p.Width, p.Height, len(p.Bytes))
	}
	noise := image.NewNRGBA(image.Rect(0, 0, 1300, 700))
	r := rand.New(rand.NewPCG(1, 2))
	for i := range noise.Pix {
		noise.Pix[i] = byte(r.Uint32())
	}
	p = preparePicture(asPNG(t, noise))
	decodePicture(t, p)
	if len(p.Bytes) > maxStored || p.Width < minSide {
		t.Errorf("noise: %dx%d, %d bytes", p.Width, p.Height, len(p.Bytes))
	}
	if again := preparePicture(asPNG(t, noise)); again.SHA256 != p.SHA256 {
		t.Error("the same file gives another picture")
	}
	if q := preparePicture(p.Bytes); q.SHA256 != p.SHA256 {
		t.Error("a picture as stored is prepared again")
	}
}

func TestPicturesThatCantBeUsed(t *testing.T) {
	t.Parallel()
	huge := asPNG(t, image.NewGray(image.Rect(0, 0, 700, 700)))
	binary.BigEndian.PutUint32(huge[16:], 30_000)
	binary.BigEndian.PutUint32(huge[20:], 30_000)
	fixCRC(huge)
	for name, c := range map[string]struct {
		b    []byte
		want string
	}{
		"small":       {asJPEG(t, picture(599, 900), 0), "image.too_small"},
		"text":        {[]byte("không phải ảnh"), "image.unreadable"},
		"half":        {asJPEG(t, picture(900, 700), 0)[:900], "image.unreadable"},
		"nothing":     {nil, "image.unreadable"},
		"a bomb":      {huge, "image.too_many_pixels"},
		"very narrow": {asJPEG(t, picture(4500, 610), 0), "image.too_narrow"},
	} {
		if p := preparePicture(c.b); p.Problem != c.want || p.SHA256 != "" {
			t.Errorf("%s: %q, want %s", name, p.Problem, c.want)
		}
	}
}

// fixCRC gives a PNG's header its checksum again.
func fixCRC(b []byte) {
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
}

func TestPicturesAreFoundByName(t *testing.T) {
	t.Parallel()
	fine := asJPEG(t, picture(700, 700), 0)
	folder := fstest.MapFS{
		norm.NFD.String("Ảnh Một.JPG"): {Data: fine},
		"sâu/hơn/hai.png":              {Data: asPNG(t, picture(700, 700))},
	}
	h := &heap{}
	csv := "SKU,Mã SP,Ảnh 1,Ảnh 2\nA,40-416-16792-1-2026,ảnh một.jpg; Ảnh Một.jpg,hai.png\nB,40-416-16792-1-2026,../../etc/passwd,không có.jpg\n"
	if err := Load(t.Context(), []File{FromBytes("x.csv", []byte(csv))}, Pictures{FS: folder}, h); err != nil {
		t.Fatal(err)
	}
	if n := len(h.sku("A").SKU.Images); n != 2 {
		t.Errorf("%d pictures: named twice counts once", n)
	}
	got := map[string]string{}
	for _, p := range h.pictures {
		got[p.Name] = p.Type + p.Problem
	}
	if got["ảnh một.jpg"] != "image/jpeg" || got["hai.png"] != "image/png" || got["../../etc/passwd"] != "image.missing" || got["không có.jpg"] != "image.missing" {
		t.Errorf("%v", got)
	}
}

func FuzzReadJPEG(f *testing.F) {
	f.Add([]byte{0xff, 0xd8, 0xff, 0xe1, 0, 8, 'E', 'x', 'i', 'f', 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		clean, turn, _ := readJPEG(b)
		if len(clean) > len(b) || turn < 1 || turn > 8 {
			t.Errorf("%d bytes of %d, orientation %d", len(clean), len(b), turn)
		}
	})
}

// asCMYK makes a red JPEG of four inks, as printers use them: red is all
// magenta and yellow. Every block has one value, so that a Huffman table of
// three codes does.
func asCMYK(side int) []byte {
	var b bytes.Buffer
	segment := func(marker byte, body ...byte) {
		b.Write([]byte{0xff, marker, byte((len(body) + 2) >> 8), byte(len(body) + 2)})
		b.Write(body)
	}
	b.Write([]byte{0xff, 0xd8})
	segment(0xee, []byte("Adobe\x00\x64\x00\x00\x00\x00\x00")...)
	segment(0xdb, append([]byte{0}, bytes.Repeat([]byte{1}, 64)...)...)
	segment(0xc0, 8, byte(side>>8), byte(side), byte(side>>8), byte(side), 4, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0)
	segment(0xc4, 0x00, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 11) // DC: 0, 10, 110
	segment(0xc4, 0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)         // AC: 0 ends a block
	segment(0xda, 4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0)
	none, full := "1011111110000", "110011111111110" // +1016 and -1024
	bits := none + full + full + none
	for len(bits)%8 != 0 {
		bits += "0"
	}
	for i := 0; i < len(bits); i += 8 {
		v := byte(0)
		for _, c := range bits[i : i+8] {
			v = v<<1 | byte(c-'0')
		}
		b.WriteByte(v)
		if v == 0xff {
			b.WriteByte(0)
		}
	}
	b.Write(make([]byte, side/8*(side/8)))
	b.Write([]byte{0xff, 0xd9})
	return b.Bytes()
}

func TestPicturesForPrintBecomePicturesForScreens(t *testing.T) {
	t.Parallel()
	b := asCMYK(640)
	if c, _, err := image.DecodeConfig(bytes.NewReader(b)); err != nil || c.ColorModel != color.CMYKModel {
		t.Fatalf("%+v, %v", c, err)
	}
	p := preparePicture(b)
	if p.Problem != "" {
		t.Fatal(p.Problem)
	}
	img := decodePicture(t, p)
	if r, g, bl, _ := img.At(320, 320).RGBA(); img.ColorModel() != color.YCbCrModel || r>>8 < 240 || g>>8 > 20 || bl>>8 > 20 {
		t.Errorf("%T %d %d %d", img, r>>8, g>>8, bl>>8)
	}
}

func TestHEICIsSaidByItsName(t *testing.T) {
	t.Parallel()
	if p := preparePicture([]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic")); p.Problem != "image.heic" {
		t.Error(p.Problem)
	}
}

// A folder for each producer, with 1.jpg in each: a name alone tells nobody
// which is meant.
func TestSeveralFilesOfOneName(t *testing.T) {
	t.Parallel()
	one, two := asJPEG(t, picture(700, 700), 0), asJPEG(t, picture(800, 800), 0)
	folder := Pictures{FS: fstest.MapFS{"HTX-A/1.jpg": {Data: one}, "HTX-B/1.jpg": {Data: two}, "HTX-A/2.jpg": {Data: one}, "HTX-B/2.JPG": {Data: one}}}
	h := &heap{}
	b := []byte("SKU;Mã SP;Ảnh\nA;" + someCode + ";1.jpg;\nB;" + someCode + ";htx-b\\1.jpg\nC;" + someCode + ";HTX-A/1.jpg\nD;" + someCode + ";2.jpg\nE;" + someCode + ";X/2.jpg\n")
	if err := Load(t.Context(), []File{FromBytes("x.csv", b)}, folder, h); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, p := range h.pictures {
		got[p.Name] = p.Problem
		if p.Problem == "" {
			got[p.Name] = p.SourceSHA256
		}
	}
	want := map[string]string{"1.jpg": "image.several_files", `htx-b\1.jpg`: hash(two), "HTX-A/1.jpg": hash(one), "2.jpg": hash(one), "X/2.jpg": "image.missing"}
	for name, w := range want {
		if got[name] != w {
			t.Errorf("%s: %s, want %s", name, got[name], w)
		}
	}
}
