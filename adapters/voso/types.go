package voso

import "encoding/json"

// The wire types of openapi.yaml. Pointers tell what is absent from what is
// empty, since an answer that lacks a required field is no answer.

type envelope struct {
	Error   *bool           `json:"error"`
	Code    string          `json:"code"`
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data"`
}

type hint struct {
	RetryAfterMs int64 `json:"retryAfterMs"`
}

type loginRequest struct {
	Username string `json:"username"`
	Password string `json:"password"`
}

type loginData struct {
	Token     string `json:"token"`
	ExpiredAt int64  `json:"expiredAt"` // milliseconds since 1970, UTC
}

type categoryData struct {
	Items []struct {
		CategoryID string `json:"categoryId"`
	} `json:"items"`
}

type shopSearch struct {
	PartnerShopCode string `json:"partnerShopCode"`
}

type shopInput struct {
	PartnerShopCode string `json:"partnerShopCode"`
	ShopName        string `json:"shopName"`
	Phone           string `json:"phone"`
	TaxCode         string `json:"taxCode,omitempty"`
	ProvinceCode    string `json:"provinceCode"`
	WardCode        string `json:"wardCode"`
	Address         string `json:"address"`
}

// shop is what is read of a shop: nothing personal is kept.
type shop struct {
	ShopID          string `json:"shopId"`
	PartnerShopCode string `json:"partnerShopCode"`
	ShopStatus      string `json:"shopStatus"`
}

type shopData struct {
	Items *[]shop `json:"items"`
}

type imageUpload struct {
	FileName      string `json:"fileName"`
	ContentBase64 []byte `json:"contentBase64"` // encoding/json writes base64
}

type imageData struct {
	ImageID string `json:"imageId"`
}

// productInput is one item of save-batch. Only what is set is sent.
type productInput struct {
	ProductID   string      `json:"productId,omitempty"`
	ShopID      string      `json:"shopId,omitempty"`
	SKU         string      `json:"sku,omitempty"`
	Name        *string     `json:"name,omitempty"`
	CategoryID  *string     `json:"categoryId,omitempty"`
	Description *string     `json:"description,omitempty"`
	UnitName    *string     `json:"unitName,omitempty"`
	Weight      json.Number `json:"weight,omitempty"`
	ImageIDs    []string    `json:"imageIds,omitempty"`
	Price       *int64      `json:"price,omitempty"`
	ListPrice   *int64      `json:"listPrice,omitempty"`
	Quantity    *int64      `json:"quantity,omitempty"`
	Ocop        *ocop       `json:"ocop,omitempty"`
	Origin      *origin     `json:"origin,omitempty"`
	Properties  *[]property `json:"properties,omitempty"`
}

type ocop struct {
	Level          string `json:"level"`
	DecisionNumber string `json:"decisionNumber"`
	DecisionDate   string `json:"decisionDate"` // dd/MM/yyyy
	ExpiredDate    string `json:"expiredDate"`  // dd/MM/yyyy
}

type origin struct {
	ProducerName string  `json:"producerName"`
	ProvinceCode string  `json:"provinceCode"`
	WardCode     string  `json:"wardCode"`
	TraceURL     *string `json:"traceUrl"` // null takes one away that was there
}

type property struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// product is a product as read back.
type product struct {
	ProductID    string       `json:"productId"`
	ShopID       string       `json:"shopId"`
	SKU          *string      `json:"sku"` // empty: made by hand
	Name         *string      `json:"name"`
	CategoryID   *string      `json:"categoryId"`
	Description  *string      `json:"description"`
	UnitName     *string      `json:"unitName"`
	Weight       *json.Number `json:"weight"`
	ImageIDs     *[]string    `json:"imageIds"`
	Price        *int64       `json:"price"`
	ListPrice    *int64       `json:"listPrice"`
	Quantity     *int64       `json:"quantity"`
	Ocop         *ocop        `json:"ocop"`
	Origin       *origin      `json:"origin"`
	Properties   *[]property  `json:"properties"`
	Status       string       `json:"status"`
	RejectReason *string      `json:"rejectReason"`
	ProductURL   string       `json:"productUrl"`
	CreatedAt    string       `json:"createdAt"`
	UpdatedAt    string       `json:"updatedAt"`
}

type searchRequest struct {
	Page     int      `json:"page"`
	PageSize int      `json:"pageSize"`
	ShopID   string   `json:"shopId,omitempty"`
	SKUs     []string `json:"skus,omitempty"`
	OrderBy  string   `json:"orderBy"`
}

type searchData struct {
	Total *int       `json:"total"`
	Items *[]product `json:"items"`
}

type getRequest struct {
	ProductIDs []string `json:"productIds"`
}

type getData struct {
	Items *[]product `json:"items"`
}

type statusInput struct {
	ProductID string `json:"productId"`
	Status    string `json:"status"` // SHOW, HIDE
	Reason    string `json:"reason,omitempty"`
}

type batchData struct {
	Results []result `json:"results"`
}

type result struct {
	OK        *bool   `json:"ok"`
	SKU       string  `json:"sku"`
	ProductID *string `json:"productId"`
	Code      string  `json:"code"`
	Message   string  `json:"message"`
	Field     *string `json:"field"`
}
