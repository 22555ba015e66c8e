package sandbox

// mediaLife is how long Postmart remembers an image that no product uses.
const mediaLife = 7 * 24 * 3600 * 1000

// storeMedia keeps a picture's description; the bytes themselves are not kept.
func (m *market) storeMedia(acc *account, id string, p picture, now int64) *mediaRecord {
	img := m.media[id]
	if img == nil {
		img = &mediaRecord{ID: id, Account: acc.rec.Name, SHA256: p.sha256, Width: p.width, Height: p.height}
		m.media[id] = img
	}
	img.LastUse = now
	m.record(entry{Media: img})
	m.ledger.Uploads[p.sha256]++
	return img
}

// knows tells whether an account may name an image in a product.
func (m *market) knows(acc *account, id string, now int64) bool {
	img := m.media[id]
	if img == nil || img.Account != acc.rec.Name {
		return false
	}
	if m.name == Postmart && img.uses == 0 && now-img.LastUse > mediaLife {
		m.forgetMedia(img)
		return false
	}
	return true
}

func (m *market) forgetMedia(img *mediaRecord) {
	delete(m.media, img.ID)
	m.record(entry{Media: &mediaRecord{ID: img.ID, Gone: true}})
}

// pmUpload stores a picture: the same bytes answer the same id.
func (c *call) pmUpload() *answer {
	u := c.upload
	var f form
	f.noQuery(c)
	switch {
	case c.large:
		return pmError("media_too_large")
	case len(f.bad)+len(u.bad) > 0:
		return pmInvalid(append(f.bad, u.bad...))
	case u.size > 5<<20:
		return pmError("media_too_large")
	case u.pic.format != "jpeg" && u.pic.format != "png" && u.pic.format != "webp":
		return pmError("media_unsupported")
	case !u.pic.sidesWithin(600, 6000):
		return pmWrong("file", outOfRange)
	}
	sum := c.m.sign([]byte(c.acc.rec.Name + "/" + u.pic.sha256))
	img := c.m.storeMedia(c.acc, "img_"+hexOf(sum), u.pic, c.now)
	return jsonAnswer(201, "ok", map[string]any{
		"id": img.ID, "sha256": img.SHA256, "width": img.Width, "height": img.Height,
	})
}

// useMedia counts which images the contents of products name.
func (m *market) useMedia(was, is []byte, now int64) {
	var let, took []string
	if was != nil {
		let = m.rules.images(was)
	}
	if is != nil {
		took = m.rules.images(is)
	}
	for _, id := range took {
		if img := m.media[id]; img != nil {
			img.uses++
		}
	}
	for _, id := range let {
		if img := m.media[id]; img != nil {
			if img.uses--; img.uses <= 0 {
				img.uses, img.LastUse = 0, now
				m.record(entry{Media: img})
			}
		}
	}
}
