package postmart

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // sides of JPEG pictures
	_ "image/png"  // sides of PNG pictures
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"lensan/adapters"
	"lensan/adapters/rest"
)

const (
	name      = "postmart"
	title     = "Postmart (Buudien.vn)"
	batchSize = 100
	pageSize  = 100
	rate      = 20
)

// The settings that errors name.
const (
	settingURL          = "LENSAN_POSTMART_URL"
	settingClientID     = "LENSAN_POSTMART_CLIENT_ID"
	settingClientSecret = "LENSAN_POSTMART_CLIENT_SECRET"
)

// Config is what an Adapter needs to know of the account.
type Config struct {
	// BaseURL of the API; https unless on loopback.
	BaseURL string
	// ClientID and ClientSecret sign in.
	ClientID, ClientSecret string
	// WebhookSecret signs events. Empty: webhooks are refused.
	WebhookSecret string
	// Rate is the limit in requests a second. Default 20.
	Rate float64
	// ReadLag is how far lists lag behind writes. Default 10 s, the contract's.
	ReadLag time.Duration
	// LateWrite is how late a timed-out write may still be carried out.
	// Default 10 s, the contract's.
	LateWrite time.Duration
	rest.Options
}

// Adapter speaks to Postmart with one account.
type Adapter struct {
	cfg    Config
	client *rest.Client
}

var (
	_ adapters.Adapter = (*Adapter)(nil)
	_ adapters.Webhook = (*Adapter)(nil)
)

// New checks cfg and makes an Adapter; it sends nothing. The error holds one
// line for each setting to mend.
func New(cfg Config) (*Adapter, error) {
	base, err := rest.ParseBaseURL(settingURL, cfg.BaseURL)
	problems := []error{err}
	for _, s := range []struct{ setting, value string }{{settingClientID, cfg.ClientID}, {settingClientSecret, cfg.ClientSecret}} {
		if strings.TrimSpace(s.value) == "" {
			problems = append(problems, fmt.Errorf("%s is empty: set it to what Postmart gave you", s.setting))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	if cfg.Rate <= 0 {
		cfg.Rate = rate
	}
	if cfg.ReadLag <= 0 {
		cfg.ReadLag = 10 * time.Second
	}
	if cfg.LateWrite <= 0 {
		cfg.LateWrite = 10 * time.Second
	}
	a := &Adapter{cfg: cfg}
	a.client = rest.NewClient(rest.Config{
		Marketplace: name, BaseURL: base, Rate: cfg.Rate,
		SignIn: a.signIn, Classify: classify,
		TokenRefused: func(e *adapters.Error) bool {
			return e.Status == http.StatusUnauthorized && e.Code != codeInvalidClient
		},
		Secrets: []string{cfg.ClientSecret, cfg.WebhookSecret},
	}, cfg.Options)
	return a, nil
}

// Name is "postmart".
func (a *Adapter) Name() string { return name }

// Capabilities are the contract's, with the configured rate and lags.
func (a *Adapter) Capabilities() adapters.Capabilities {
	return adapters.Capabilities{
		Title: title, Assumed: true,
		Fields:       append(slices.Clone(adapters.ContentFields), adapters.OfferFields...),
		ReviewFields: slices.Clone(reviewFields),
		Batch: map[adapters.Op]int{
			adapters.OpCreate: 1, adapters.OpUpdateContent: 1, adapters.OpUpdateOffer: batchSize,
			adapters.OpClose: 1, adapters.OpReopen: 1, adapters.OpAdopt: 1,
		},
		GetBatch: 1, FindBatch: 1, PageSize: pageSize, ListUpdatedAfter: true,
		KeyLife: 24 * time.Hour, Conditional: true, SameImageSameID: true, Webhooks: true,
		ReadLag: a.cfg.ReadLag, LateWrite: a.cfg.LateWrite, Rate: a.cfg.Rate,
		NotSold: maps.Clone(notSold), Categories: maps.Clone(categories),
		ImageMin: sideMin, ImageMax: sideMax, ImageBytes: bytesMax, MaxImages: imagesMax,
	}
}

// Normalize gives the fields as Postmart echoes them; see adapters.Adapter.
func (a *Adapter) Normalize(offer adapters.Offer, today string) (adapters.Fields, []adapters.Problem) {
	w, problems := want(offer)
	if end := w.Ocop.ValidUntil; end != "" && today != "" && end < today {
		j := judge{adapters.Judge{Problems: problems}}
		j.Say(adapters.FieldOcop, "ocop.expired", "valid_until", shown(end))
		problems = j.Problems
	}
	fields := w.fields()
	for _, p := range problems {
		delete(fields, adapters.Field(p.Field))
	}
	return fields, problems
}

// shown writes a day as people in Vietnam do.
func shown(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format("02/01/2006")
}

// CheckShop tells what of a shop Postmart can't carry.
func (a *Adapter) CheckShop(s adapters.Shop) []adapters.Problem { return judgeShop(s) }

// FindShop reads a producer's shop.
func (a *Adapter) FindShop(ctx context.Context, producerRef string) (*adapters.RemoteShop, *adapters.Error) {
	var found *adapters.RemoteShop
	_, err := a.client.Call(ctx, rest.Request{
		Op: opFindShop, Method: http.MethodGet, Path: "/v1/shops", Query: url.Values{"producer_ref": {producerRef}},
		Decode: func(body []byte) (err error) {
			found, err = decodeShops(body, producerRef)
			return err
		},
	})
	return found, err
}

// CreateShop makes a producer's shop.
func (a *Adapter) CreateShop(ctx context.Context, s adapters.Shop, key string) (*adapters.RemoteShop, *adapters.Error) {
	if !keyForm(key) {
		return nil, localFault(opCreateShop, "", codeKeyForm)
	}
	in := shopInput{
		ProducerRef: s.ProducerRef, Name: text(s.Name), Phone: strings.TrimSpace(s.Phone),
		ProvinceCode: strings.TrimSpace(s.ProvinceCode), WardCode: strings.TrimSpace(s.CommuneCode), Address: text(s.Address),
	}
	if tax := strings.TrimSpace(s.TaxCode); tax != "" {
		in.TaxCode = &tax
	}
	var made *adapters.RemoteShop
	_, err := a.client.Call(ctx, rest.Request{
		Op: opCreateShop, Path: "/v1/shops", Body: []byte(compact(in)), Header: http.Header{"Idempotency-Key": {key}},
		Mutates: true, Private: []string{s.Phone, s.TaxCode, s.Address, in.Address},
		Decode: func(body []byte) (err error) {
			made, err = decodeShop(body)
			return err
		},
	})
	return made, err
}

// mediaCodes are what Postmart would answer to a picture with that fault.
var mediaCodes = map[string]string{"images.bad_format": codeMediaUnsupported, "images.too_large": codeMediaTooLarge, "images.too_small": codeValidation}

// UploadImage stores a picture, after checking what the contract says of
// pictures.
func (a *Adapter) UploadImage(ctx context.Context, img adapters.Image) (string, *adapters.Error) {
	kind := http.DetectContentType(img.Bytes)
	sides, _, err := image.DecodeConfig(bytes.NewReader(img.Bytes))
	if err != nil {
		sides = image.Config{} // WebP: Postmart judges the sides
	}
	if code, _ := imageFault(kind, sides.Width, sides.Height, int64(len(img.Bytes))); code != "" {
		return "", &adapters.Error{
			Marketplace: name, Op: opUploadImage, Kind: adapters.KindInvalid, Code: mediaCodes[code],
			Fields: []adapters.FieldError{{Field: string(adapters.FieldImages), Code: code}},
		}
	}
	img.Type = kind
	return a.upload(ctx, img)
}

// Ping signs in and reads one product.
func (a *Adapter) Ping(ctx context.Context) *adapters.Error {
	_, _, err := a.listPage(ctx, url.Values{"limit": {"1"}}, "")
	return err
}

var keyChars = regexp.MustCompile(`^[!-~]{1,64}$`)

// keyForm tells whether a key is 1 to 64 printable characters.
func keyForm(key string) bool { return keyChars.MatchString(key) }

// localFault is a request that is not sent because it can't be right.
func localFault(op, sku, code string) *adapters.Error {
	return &adapters.Error{Marketplace: name, Op: op, SKU: sku, Kind: adapters.KindUnknown, Code: code, Err: errors.New("not sent: the change is not complete")}
}
