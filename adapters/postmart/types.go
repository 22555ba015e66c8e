package postmart

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"lensan/adapters"
)

// content is the part of a product that goes to review when it changes.
type content struct {
	Name            string            `json:"name"`
	CategoryID      int64             `json:"category_id"`
	DescriptionHTML string            `json:"description_html"`
	Unit            string            `json:"unit"`
	WeightG         int64             `json:"weight_g"`
	Images          []string          `json:"images"`
	Origin          origin            `json:"origin"`
	Ocop            ocop              `json:"ocop"`
	Attributes      map[string]string `json:"attributes,omitempty"`
}

type origin struct {
	Producer        string `json:"producer"`
	ProvinceCode    string `json:"province_code"`
	TraceabilityURL string `json:"traceability_url,omitempty"`
	WardCode        string `json:"ward_code"`
}

type ocop struct {
	DecisionNo   string `json:"decision_no"`
	RecognisedOn string `json:"recognised_on"`
	Stars        int    `json:"stars"`
	ValidUntil   string `json:"valid_until"`
}

// productInput is the body of a create.
type productInput struct {
	ShopID string `json:"shop_id"`
	SKU    string `json:"sku"`
	content
	Price     int64  `json:"price"`
	ListPrice *int64 `json:"list_price,omitempty"`
	Stock     int64  `json:"stock"`
}

// offerItem is one item of an offers batch. What is left out is unchanged;
// a list price of null is taken away.
type offerItem struct {
	ProductID string          `json:"product_id"`
	Price     int64           `json:"price"`
	ListPrice json.RawMessage `json:"list_price,omitempty"`
	Stock     *int64          `json:"stock,omitempty"`
}

// product is a product as Postmart shows it. Its content may lack anything
// where people made it in the portal.
type product struct {
	ID        string  `json:"id"`
	ShopID    string  `json:"shop_id"`
	SKU       *string `json:"sku"`
	Status    string  `json:"status"`
	Price     *int64  `json:"price"`
	ListPrice *int64  `json:"list_price"`
	Stock     *int64  `json:"stock"`
	Version   *int64  `json:"version"`
	URL       string  `json:"url"`

	Name            *string           `json:"name"`
	CategoryID      *int64            `json:"category_id"`
	DescriptionHTML *string           `json:"description_html"`
	Unit            *string           `json:"unit"`
	WeightG         *int64            `json:"weight_g"`
	Images          []string          `json:"images"`
	Origin          *origin           `json:"origin"`
	Ocop            *ocop             `json:"ocop"`
	Attributes      map[string]string `json:"attributes"`

	Rejection *struct {
		Reasons []struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		} `json:"reasons"`
	} `json:"rejection"`
	CreatedAt moment `json:"created_at"`
	UpdatedAt moment `json:"updated_at"`
	UpdatedBy string `json:"updated_by"`
}

// moment is a time in any form that RFC 3339 allows: its letters small too, and
// a leap second, which counts as the second before.
type moment struct{ time.Time }

// UnmarshalJSON reads it; null is the zero time.
func (m *moment) UnmarshalJSON(b []byte) error {
	var s *string
	if err := json.Unmarshal(b, &s); err != nil || s == nil {
		return err
	}
	t, err := time.Parse(time.RFC3339, strings.Replace(strings.ToUpper(*s), ":60", ":59", 1))
	if err != nil {
		return err
	}
	m.Time = t
	return nil
}

// check tells what makes the answer no product of the contract.
func (p *product) check() error {
	switch {
	case p.ID == "":
		return errors.New("a product without an id")
	case p.ShopID == "":
		return errors.New("a product without a shop")
	case states[p.Status] == "":
		return errors.New("a product with an unknown status")
	case p.Version == nil || *p.Version < 0:
		return errors.New("a product without a version")
	case p.Price == nil || p.Stock == nil:
		return errors.New("a product without price or stock")
	}
	return nil
}

func decodeProduct(body []byte, into *product) error {
	*into = product{}
	if err := json.Unmarshal(body, into); err != nil {
		return shape(err)
	}
	return into.check()
}

// page is one page of a list. NextCursor is kept raw, because a page that lacks
// it must not be taken for the last one, which has null.
type page struct {
	Items      *[]product      `json:"items"`
	NextCursor json.RawMessage `json:"next_cursor"`
}

// decodePage reads a page and the cursor of the next, empty on the last.
func decodePage(body []byte, items *[]product, next *string) error {
	var p page
	if err := json.Unmarshal(body, &p); err != nil {
		return shape(err)
	}
	if p.Items == nil || p.NextCursor == nil {
		return errors.New("a page without items or next_cursor")
	}
	for i := range *p.Items {
		if err := (*p.Items)[i].check(); err != nil {
			return err
		}
	}
	var cursor *string
	if err := json.Unmarshal(p.NextCursor, &cursor); err != nil {
		return shape(err)
	}
	if cursor != nil && *cursor == "" {
		return errors.New("an empty cursor")
	}
	*items, *next = *p.Items, ""
	if cursor != nil {
		*next = *cursor
	}
	return nil
}

type shopInput struct {
	ProducerRef  string  `json:"producer_ref"`
	Name         string  `json:"name"`
	Phone        string  `json:"phone"`
	TaxCode      *string `json:"tax_code,omitempty"`
	ProvinceCode string  `json:"province_code"`
	WardCode     string  `json:"ward_code"`
	Address      string  `json:"address"`
}

// shop is the part of a shop that is of use here; the rest is private.
type shop struct {
	ID          string `json:"id"`
	ProducerRef string `json:"producer_ref"`
	Status      string `json:"status"`
}

func (s *shop) check() error {
	if s.ID == "" || s.ProducerRef == "" || shopStates[s.Status] == "" {
		return errors.New("a shop without id, producer_ref or a known status")
	}
	return nil
}

type errorBody struct {
	Code       string       `json:"code"`
	Message    string       `json:"message"`
	ExistingID string       `json:"existing_id"`
	Fields     []fieldError `json:"fields"`
}

type fieldError struct {
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// batchAnswer is one item of the answer to an offers batch.
type batchAnswer struct {
	ProductID string     `json:"product_id"`
	Status    int        `json:"status"`
	Version   int64      `json:"version"`
	Error     *errorBody `json:"error"`
}

// shape names the field that did not fit and leaves the value out: it may be
// private.
func shape(err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return fmt.Errorf("the field %q is no %s", wrong.Field, wrong.Type)
	}
	return errors.New("the answer does not have the contract's form")
}

// decodeShops reads the answer to a search for one producer's shop.
func decodeShops(body []byte, producerRef string) (*adapters.RemoteShop, error) {
	var answer struct {
		Items *[]shop `json:"items"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, shape(err)
	}
	if answer.Items == nil {
		return nil, errors.New("an answer without items")
	}
	var found *adapters.RemoteShop
	for _, s := range *answer.Items {
		if err := s.check(); err != nil {
			return nil, err
		}
		if s.ProducerRef == producerRef && found == nil {
			found = s.remote()
		}
	}
	return found, nil
}

func decodeShop(body []byte) (*adapters.RemoteShop, error) {
	var s shop
	if err := json.Unmarshal(body, &s); err != nil {
		return nil, shape(err)
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	return s.remote(), nil
}

func (s shop) remote() *adapters.RemoteShop {
	return &adapters.RemoteShop{ID: s.ID, ProducerRef: s.ProducerRef, Status: shopStates[s.Status]}
}
