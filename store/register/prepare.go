package register

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // its decoder
	"strconv"

	"github.com/disintegration/imaging"
	_ "golang.org/x/image/webp" // its decoder

	"lensan/store/catalog"
)

// What pictures are kept as. The smallest side is the larger of what the
// marketplaces take; larger pictures are scaled down.
const (
	minSide       = 600
	maxSide       = 4000
	maxStored     = 2 << 20
	maxDecoded    = 160 << 20 // bytes that one picture may take when unpacked
	startQuality  = 88
	lowestQuality = 60
)

// preparePicture checks a picture and brings it to the form in which it is
// kept: at most maxSide and maxStored, upright, JPEG or PNG, without the camera's
// notes on place and time. A picture that is all that already keeps its bytes.
func preparePicture(b []byte) catalog.PictureFile {
	config, kind, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil && isHEIC(b) {
		return problem("", "image.heic")
	}
	if err != nil {
		return problem("", "image.unreadable")
	}
	if min(config.Width, config.Height) < minSide {
		return problem("", "image.too_small", "have", sides(config.Width, config.Height), "min", strconv.Itoa(minSide))
	}
	turn := upright
	progressive := false
	if kind == "jpeg" {
		var clean []byte
		if clean, turn, progressive = readJPEG(b); clean != nil {
			b = clean
		}
	}
	if decodedSize(config, progressive) > maxDecoded {
		return problem("", "image.too_many_pixels", "have", sides(config.Width, config.Height))
	}
	img, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return problem("", "image.unreadable")
	}
	fits := max(config.Width, config.Height) <= maxSide && len(b) <= maxStored
	inRGB := config.ColorModel != color.CMYKModel // what printers use; few browsers show it right
	if fits && turn == upright && inRGB && (kind == "jpeg" || kind == "png") {
		return stored(b, "image/"+kind, config.Width, config.Height)
	}
	return encode(img, turn)
}

// isHEIC tells the pictures that iPhones take, for which there is no decoder
// here.
func isHEIC(b []byte) bool {
	if len(b) < 12 || string(b[4:8]) != "ftyp" {
		return false
	}
	switch string(b[8:12]) {
	case "heic", "heix", "hevc", "mif1", "msf1", "avif":
		return true
	}
	return false
}

func stored(b []byte, kind string, width, height int) catalog.PictureFile {
	return catalog.PictureFile{SHA256: hash(b), Type: kind, Width: width, Height: height, Bytes: b}
}

func sides(w, h int) string { return strconv.Itoa(w) + "×" + strconv.Itoa(h) }

// decodedSize estimates what a picture takes in memory, the scaled copy aside.
func decodedSize(c image.Config, progressive bool) int64 {
	perPixel := int64(4)
	switch c.ColorModel {
	case color.YCbCrModel, color.NYCbCrAModel:
		perPixel = 3
	case color.GrayModel:
		perPixel = 1
	case color.RGBA64Model, color.NRGBA64Model:
		perPixel = 8
	case color.Gray16Model:
		perPixel = 2
	}
	if progressive {
		perPixel += 12 // the decoder holds every coefficient
	}
	return int64(c.Width) * int64(c.Height) * perPixel
}

// encode scales a picture down, turns it upright and writes it as JPEG, with
// less and less quality, then size, until it is small enough.
func encode(img image.Image, turn orientation) catalog.PictureFile {
	if b := img.Bounds(); max(b.Dx(), b.Dy()) > maxSide {
		img = imaging.Fit(img, maxSide, maxSide, imaging.Lanczos)
		if s := img.Bounds(); min(s.Dx(), s.Dy()) < minSide {
			return problem("", "image.too_narrow", "have", sides(b.Dx(), b.Dy()))
		}
	}
	img = turn.apply(onWhite(img))
	for {
		size := img.Bounds()
		for quality := startQuality; quality >= lowestQuality; quality -= 14 {
			var out bytes.Buffer
			if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: quality}); err != nil {
				return problem("", "image.unreadable")
			}
			if out.Len() <= maxStored {
				return stored(out.Bytes(), "image/jpeg", size.Dx(), size.Dy())
			}
		}
		w, h := size.Dx()*4/5, size.Dy()*4/5
		if min(w, h) < minSide {
			return problem("", "image.too_large")
		}
		img = imaging.Resize(img, w, h, imaging.Lanczos)
	}
}

// onWhite lays a picture that may be transparent on white: JPEG has no
// transparency.
func onWhite(img image.Image) image.Image {
	if o, ok := img.(interface{ Opaque() bool }); ok && o.Opaque() {
		return img
	}
	b := img.Bounds()
	return imaging.Overlay(imaging.New(b.Dx(), b.Dy(), color.White), img, image.Pt(0, 0), 1)
}
