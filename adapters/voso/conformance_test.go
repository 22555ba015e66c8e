package voso_test

import (
	"flag"
	"net/http"
	"testing"

	"lensan/adapters"
	"lensan/adapters/adaptertest"
	"lensan/adapters/adaptertest/onsandbox"
	"lensan/adapters/rest"
	"lensan/adapters/sandbox"
	"lensan/adapters/voso"
)

var mutant = flag.String("mutant", "", "break the adapter in this way, for the conformance suite to notice")

var site = onsandbox.Site{
	Name:     sandbox.Voso,
	Handler:  func(sb *sandbox.Sandbox) http.Handler { return sb.Voso() },
	Contract: "openapi.yaml",
	Operations: map[adaptertest.Action]string{
		adaptertest.SignIn: "login", adaptertest.FindShop: "searchShop", adaptertest.CreateShop: "saveShop", adaptertest.Upload: "uploadImage",
		adaptertest.Create: "saveProducts", adaptertest.UpdateContent: "saveProducts", adaptertest.UpdateOffer: "saveProducts", adaptertest.Adopt: "saveProducts",
		adaptertest.Close: "changeStatus", adaptertest.Reopen: "changeStatus",
		adaptertest.Get: "getProducts", adaptertest.Find: "searchProducts", adaptertest.List: "searchProducts",
	},
	New: func(base string, wrong bool, opt rest.Options) (adapters.Adapter, error) {
		password := sandbox.DefaultPassword
		if wrong {
			password = "sai-mat-khau-123"
		}
		return voso.New(voso.Config{BaseURL: base, Username: sandbox.DefaultUsername, Password: password, Options: opt})
	},
}

// refusals is the contract's list of codes (openapi.yaml, Envelope.code).
var refusals = []adaptertest.Refusal{
	{Action: adaptertest.SignIn, Code: "LOGIN_FAILED", Kind: adapters.KindUnauthorized},
	{Action: adaptertest.SignIn, Code: "LOGIN_LOCKED", Kind: adapters.KindThrottled},
	{Action: adaptertest.Get, Code: "TOKEN_INVALID", Kind: adapters.KindUnauthorized},
	{Action: adaptertest.Get, Code: "RATE_LIMITED", Kind: adapters.KindThrottled},
	{Action: adaptertest.Create, Code: "CLIENT_BANNED", Kind: adapters.KindThrottled},
	{Action: adaptertest.Create, Code: "VALIDATE_ERROR", Kind: adapters.KindInvalid},
	{Action: adaptertest.Create, Code: "BATCH_TOO_LARGE", Kind: adapters.KindUnknown},
	{Action: adaptertest.Create, Code: "SHOP_NOT_FOUND", Kind: adapters.KindInvalid},
	{Action: adaptertest.Create, Code: "SHOP_INACTIVE", Kind: adapters.KindLocked},
	{Action: adaptertest.CreateShop, Code: "SHOP_CODE_DUPLICATED", Kind: adapters.KindExists},
	{Action: adaptertest.UpdateContent, Code: "PRODUCT_NOT_FOUND", Kind: adapters.KindNotFound},
	{Action: adaptertest.Create, Code: "PRODUCT_SKU_DUPLICATED", Kind: adapters.KindExists},
	{Action: adaptertest.UpdateContent, Code: "PRODUCT_LOCKED", Kind: adapters.KindLocked},
	{Action: adaptertest.Create, Code: "CATEGORY_INVALID", Kind: adapters.KindInvalid},
	{Action: adaptertest.Create, Code: "IMAGE_NOT_FOUND", Kind: adapters.KindInvalid},
	{Action: adaptertest.Upload, Code: "IMAGE_TOO_LARGE", Kind: adapters.KindInvalid},
	{Action: adaptertest.Upload, Code: "IMAGE_FORMAT", Kind: adapters.KindInvalid},
	{Action: adaptertest.Upload, Code: "IMAGE_DIMENSION", Kind: adapters.KindInvalid},
	{Action: adaptertest.Create, Code: "DESCRIPTION_FORBIDDEN_CONTACT", Kind: adapters.KindInvalid},
	{Action: adaptertest.Create, Code: "PRICE_INVALID", Kind: adapters.KindInvalid},
	{Action: adaptertest.Create, Code: "OCOP_EXPIRED", Kind: adapters.KindInvalid},
	{Action: adaptertest.UpdateContent, Code: "SKU_FIXED", Kind: adapters.KindConflict},
	{Action: adaptertest.Get, Code: "SYSTEM_BUSY", Kind: adapters.KindTransient},
	{Action: adaptertest.Create, Code: "SYSTEM_BUSY", Kind: adapters.KindTransient}, // nothing was done
	{Action: adaptertest.Create, Code: "SYSTEM_ERROR", Kind: adapters.KindTransient},
}

func harness(t *testing.T) adaptertest.Harness {
	return adaptertest.Harness{
		Open: site.Open, Refusals: refusals, TellsTotal: true, Secrets: []string{sandbox.DefaultPassword, "sai-mat-khau-123"},
		Mutant: adaptertest.MutantNamed(t, *mutant),
	}
}

func TestConformance(t *testing.T) { adaptertest.Run(t, harness(t)) }

func TestMutantsFail(t *testing.T) {
	if *mutant != "" {
		t.Fatal("a mutant has no mutants")
	}
	adaptertest.RunMutants(t, "TestConformance", nil)
}
