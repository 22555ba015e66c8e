package sandbox

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime/multipart"
	"strings"
)

// upload is a picture as it came, looked at before the lock is taken.
type upload struct {
	bad  []problem // wrong in form
	size int       // of the picture
	pic  picture
}

func readUpload(c *call) upload {
	switch {
	case c.op != "uploadImage" || c.large:
		return upload{}
	case c.m.name == Postmart:
		return readMultipart(c)
	default:
		return readBase64(c)
	}
}

// readMultipart reads Postmart's form: one part "file" and nothing else.
func readMultipart(c *call) upload {
	t, params := c.mediaType()
	switch {
	case c.head["Content-Type"] == "":
		return upload{bad: []problem{{"Content-Type", required}}}
	case t != "multipart/form-data" || params["boundary"] == "":
		return upload{bad: []problem{{"Content-Type", notAllowed}}}
	}
	var u upload
	found := false
	parts := multipart.NewReader(bytes.NewReader(c.body), params["boundary"])
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		var data []byte
		if err == nil {
			data, err = io.ReadAll(part)
		}
		if err != nil {
			return upload{bad: []problem{{"body", badFormat}}}
		}
		if name := part.FormName(); name != "file" {
			u.bad = append(u.bad, problem{name, unknown})
			continue
		}
		found, u.size, u.pic = true, len(data), look(data)
	}
	if !found {
		u.bad = append(u.bad, problem{"file", required})
	}
	return u
}

// readBase64 reads Voso's JSON.
func readBase64(c *call) upload {
	var f form
	var u upload
	o := c.object()
	f.known(o, "", "fileName", "contentBase64")
	_, _ = f.str(o, "", "fileName", text{need: true, max: 100})
	content, ok := f.str(o, "", "contentBase64", text{need: true})
	if ok {
		data, err := base64.StdEncoding.DecodeString(strings.TrimSpace(content))
		if err != nil {
			f.add("contentBase64", badFormat)
		}
		u.size, u.pic = len(data), look(data)
	}
	u.bad = f.bad
	return u
}
