package sandbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image"
	_ "image/jpeg" // the formats that the marketplaces take
	_ "image/png"

	_ "golang.org/x/image/webp"
)

type picture struct {
	format        string // "" when it is no picture that we read
	width, height int
	sha256        string
}

func look(data []byte) picture {
	sum := sha256.Sum256(data)
	p := picture{sha256: hex.EncodeToString(sum[:])}
	if cfg, format, err := image.DecodeConfig(bytes.NewReader(data)); err == nil {
		p.format, p.width, p.height = format, cfg.Width, cfg.Height
	}
	return p
}

func (p picture) sidesWithin(least, most int) bool {
	return p.width >= least && p.width <= most && p.height >= least && p.height <= most
}
