package register

import (
	"bytes"
	"encoding/binary"
	"image"

	"github.com/disintegration/imaging"
)

// orientation is the camera's note on how a picture is to be turned, 1 to 8.
type orientation int

const upright orientation = 1

func (o orientation) apply(img image.Image) image.Image {
	switch o {
	case 2:
		return imaging.FlipH(img)
	case 3:
		return imaging.Rotate180(img)
	case 4:
		return imaging.FlipV(img)
	case 5:
		return imaging.Transpose(img)
	case 6:
		return imaging.Rotate270(img)
	case 7:
		return imaging.Transverse(img)
	case 8:
		return imaging.Rotate90(img)
	}
	return img
}

// readJPEG walks the segments of a JPEG. It gives the same picture, bit for
// bit, without the camera's notes (APP1: place, time, device), which are
// nobody's business on a marketplace; how it is to be turned; and whether it
// is progressive. clean is nil when the segments can't be followed.
func readJPEG(b []byte) (clean []byte, turn orientation, progressive bool) {
	turn = upright
	if !bytes.HasPrefix(b, []byte{0xff, 0xd8}) {
		return nil, turn, false
	}
	out := make([]byte, 0, len(b))
	out = append(out, b[:2]...)
	for at := 2; at+4 <= len(b); {
		if b[at] != 0xff {
			return nil, turn, progressive
		}
		marker := b[at+1]
		if marker == 0xff { // a fill byte
			at++
			continue
		}
		size := int(binary.BigEndian.Uint16(b[at+2:]))
		if size < 2 || at+2+size > len(b) {
			return nil, turn, progressive
		}
		segment := b[at : at+2+size]
		switch marker {
		case 0xe1:
			if o := exifOrientation(segment[4:]); o != 0 {
				turn = o
			}
			at += len(segment)
			continue
		case 0xc2, 0xc6, 0xca, 0xce:
			progressive = true
		case 0xda: // the picture itself, to the end
			return append(out, b[at:]...), turn, progressive
		}
		out = append(out, segment...)
		at += len(segment)
	}
	return nil, turn, progressive
}

// exifOrientation finds tag 0x0112 in the first directory of an Exif segment;
// 0 when there is none.
func exifOrientation(app1 []byte) orientation {
	tiff, ok := bytes.CutPrefix(app1, []byte("Exif\x00\x00"))
	if !ok || len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder
	switch string(tiff[:2]) {
	case "II":
		order = binary.LittleEndian
	case "MM":
		order = binary.BigEndian
	default:
		return 0
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 0
	}
	n := int(order.Uint16(tiff[at:]))
	for i := range n {
		entry := at + 2 + int64(i)*12
		if entry+12 > int64(len(tiff)) {
			return 0
		}
		if order.Uint16(tiff[entry:]) == 0x0112 {
			if o := orientation(order.Uint16(tiff[entry+8:])); o >= 1 && o <= 8 {
				return o
			}
			return 0
		}
	}
	return 0
}
