package postmart

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"time"

	"lensan/adapters"
	"lensan/adapters/rest"
)

// The operations of the contract, as errors and logs name them.
const (
	opToken        = "issueToken"
	opFindShop     = "findShop"
	opCreateShop   = "createShop"
	opUploadImage  = "uploadImage"
	opListProducts = "listProducts"
	opCreate       = "createProduct"
	opGet          = "getProduct"
	opUpdate       = "updateProduct"
	opClose        = "closeProduct"
	opReopen       = "reopenProduct"
	opBatchOffers  = "batchOffers"
)

// uploadTimeout bounds one try of an upload: 5 MiB over a slow line.
const uploadTimeout = time.Minute

// signIn gets a token by client credentials.
func (a *Adapter) signIn(ctx context.Context) (adapters.Token, *adapters.Error) {
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {a.cfg.ClientID}, "client_secret": {a.cfg.ClientSecret}}
	var token adapters.Token
	start := a.client.Now()
	_, err := a.client.Call(ctx, rest.Request{
		Op: opToken, Path: "/oauth/token", Body: []byte(form.Encode()), ContentType: "application/x-www-form-urlencoded",
		NoAuth: true,
		Decode: func(body []byte) error {
			var answer struct {
				AccessToken string  `json:"access_token"`
				ExpiresIn   float64 `json:"expires_in"`
			}
			if json.Unmarshal(body, &answer) != nil || answer.AccessToken == "" || answer.ExpiresIn <= 0 {
				return errors.New("an answer without a token")
			}
			token = adapters.Token{Value: answer.AccessToken, ExpiresAt: start.Add(time.Duration(answer.ExpiresIn * float64(time.Second)))}
			return nil
		},
	})
	if err != nil && err.Code == codeInvalidClient {
		err.Err = fmt.Errorf("the client id or secret is refused: check %s and %s", settingClientID, settingClientSecret)
	}
	return token, err
}

// getProduct reads one product.
func (a *Adapter) getProduct(ctx context.Context, id string) (product, *adapters.Error) {
	var p product
	_, err := a.client.Call(ctx, rest.Request{
		Op: opGet, Method: http.MethodGet, Path: productPath(id),
		Decode: func(body []byte) error {
			if err := decodeProduct(body, &p); err != nil {
				return err
			}
			if p.ID != id {
				return errors.New("another product than the one asked for")
			}
			return nil
		},
	})
	return p, err
}

// listPage reads one page of products and the cursor of the next.
func (a *Adapter) listPage(ctx context.Context, query url.Values, sku string) (items []product, next string, fault *adapters.Error) {
	_, fault = a.client.Call(ctx, rest.Request{
		Op: opListProducts, Method: http.MethodGet, Path: "/v1/products", Query: query, SKU: sku,
		Decode: func(body []byte) error { return decodePage(body, &items, &next) },
	})
	return items, next, fault
}

// change sends a change of one product and reads it back from the answer.
func (a *Adapter) change(ctx context.Context, c adapters.Change, req rest.Request) adapters.Outcome {
	var p product
	req.Mutates, req.SKU = true, c.SKU
	req.Decode = func(body []byte) error {
		if err := decodeProduct(body, &p); err != nil {
			return err
		}
		if c.RemoteID != "" && p.ID != c.RemoteID {
			return errors.New("another product than the one changed")
		}
		return nil
	}
	if _, err := a.client.Call(ctx, req); err != nil {
		return adapters.Outcome{RemoteID: err.ExistingID, Err: err}
	}
	l := p.listing()
	return adapters.Outcome{RemoteID: l.RemoteID, Version: l.Version, Listing: &l}
}

// request is the call that carries out a change of one product.
func request(c adapters.Change) rest.Request {
	switch c.Op {
	case adapters.OpCreate:
		return rest.Request{Op: opCreate, Path: "/v1/products", Body: c.Payload, Header: http.Header{"Idempotency-Key": {c.Key}}}
	case adapters.OpUpdateContent, adapters.OpAdopt:
		return rest.Request{
			Op: opUpdate, Method: http.MethodPatch, Path: productPath(c.RemoteID), Body: c.Payload,
			ContentType: "application/merge-patch+json", Header: http.Header{"If-Match": {`"` + c.Version + `"`}},
		}
	case adapters.OpClose:
		return rest.Request{Op: opClose, Path: productPath(c.RemoteID) + "/close", Body: c.Payload}
	}
	return rest.Request{Op: opReopen, Path: productPath(c.RemoteID) + "/reopen"}
}

func productPath(id string) string { return "/v1/products/" + url.PathEscape(id) }

// batchOffers sends items in one request. The answers stand in the order sent.
func (a *Adapter) batchOffers(ctx context.Context, changes []adapters.Change) ([]batchAnswer, *adapters.Error) {
	items := make([][]byte, len(changes))
	for i, c := range changes {
		items[i] = c.Payload
	}
	body := append(append([]byte(`{"items":[`), bytes.Join(items, []byte(","))...), "]}"...)
	var answers []batchAnswer
	_, err := a.client.Call(ctx, rest.Request{
		Op: opBatchOffers, Path: "/v1/offers:batch", Body: body, Mutates: true,
		Decode: func(body []byte) error {
			var answer struct {
				Items *[]batchAnswer `json:"items"`
			}
			if err := json.Unmarshal(body, &answer); err != nil {
				return shape(err)
			}
			if answer.Items == nil {
				return errors.New("an answer without items")
			}
			answers = *answer.Items
			return nil
		},
	})
	return answers, err
}

// upload stores a picture. The same bytes have the same id, so it may be
// repeated.
func (a *Adapter) upload(ctx context.Context, image adapters.Image) (id string, fault *adapters.Error) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {fmt.Sprintf(`form-data; name="file"; filename="%.16s.%s"`, image.SHA256, strings.TrimPrefix(image.Type, "image/"))},
		"Content-Type":        {image.Type},
	})
	if err == nil {
		_, err = part.Write(image.Bytes)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		return "", &adapters.Error{Marketplace: name, Op: opUploadImage, Kind: adapters.KindUnknown, Err: err}
	}
	_, fault = a.client.Call(ctx, rest.Request{
		Op: opUploadImage, Path: "/v1/media", Body: body.Bytes(), ContentType: form.FormDataContentType(),
		Mutates: true, Idempotent: true, Timeout: uploadTimeout,
		Decode: func(body []byte) error {
			var media struct {
				ID string `json:"id"`
			}
			if json.Unmarshal(body, &media) != nil || media.ID == "" || strings.ContainsAny(media.ID, " \t\n") {
				return errors.New("an answer without a picture's id")
			}
			id = media.ID
			return nil
		},
	})
	return id, fault
}
