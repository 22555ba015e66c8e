package postmart_test

import (
	"flag"
	"net/http"
	"testing"

	"lensan/adapters"
	"lensan/adapters/adaptertest"
	"lensan/adapters/adaptertest/onsandbox"
	"lensan/adapters/postmart"
	"lensan/adapters/rest"
	"lensan/adapters/sandbox"
)

var mutant = flag.String("mutant", "", "break the adapter in this way, for the conformance suite to notice")

const wrongSecret = "khoa-bi-mat-sai-123"

var site = onsandbox.Site{
	Name:     sandbox.Postmart,
	Handler:  func(sb *sandbox.Sandbox) http.Handler { return sb.Postmart() },
	Contract: "openapi.yaml",
	Operations: map[adaptertest.Action]string{
		adaptertest.SignIn: "issueToken", adaptertest.FindShop: "findShop", adaptertest.CreateShop: "createShop", adaptertest.Upload: "uploadImage",
		adaptertest.Create: "createProduct", adaptertest.UpdateContent: "updateProduct", adaptertest.Adopt: "updateProduct", adaptertest.UpdateOffer: "batchOffers",
		adaptertest.Close: "closeProduct", adaptertest.Reopen: "reopenProduct",
		adaptertest.Get: "getProduct", adaptertest.Find: "listProducts", adaptertest.List: "listProducts",
	},
	New: func(base string, wrong bool, opt rest.Options) (adapters.Adapter, error) {
		secret := sandbox.DefaultClientSecret
		if wrong {
			secret = wrongSecret
		}
		return postmart.New(postmart.Config{BaseURL: base, ClientID: sandbox.DefaultClientID, ClientSecret: secret, Options: opt})
	},
}

// refusals is the contract's list of codes (openapi.yaml, ErrorBody.code).
var refusals = []adaptertest.Refusal{
	{Action: adaptertest.SignIn, Code: "invalid_client", Kind: adapters.KindUnauthorized},
	{Action: adaptertest.Get, Code: "token_expired", Kind: adapters.KindUnauthorized},
	{Action: adaptertest.Get, Code: "forbidden", Kind: adapters.KindUnauthorized},
	{Action: adaptertest.Create, Code: "shop_suspended", Kind: adapters.KindLocked},
	{Action: adaptertest.UpdateContent, Code: "closed_by_marketplace", Kind: adapters.KindLocked},
	{Action: adaptertest.UpdateContent, Code: "not_found", Kind: adapters.KindNotFound},
	{Action: adaptertest.Create, Code: "sku_exists", Kind: adapters.KindExists},
	{Action: adaptertest.CreateShop, Code: "producer_exists", Kind: adapters.KindExists},
	{Action: adaptertest.Create, Code: "idempotency_key_reused", Kind: adapters.KindConflict},
	{Action: adaptertest.Create, Code: "idempotency_in_progress", Kind: adapters.KindAmbiguous},
	{Action: adaptertest.UpdateContent, Code: "version_conflict", Kind: adapters.KindConflict},
	{Action: adaptertest.Upload, Code: "media_too_large", Kind: adapters.KindInvalid},
	{Action: adaptertest.Upload, Code: "media_unsupported", Kind: adapters.KindInvalid},
	{Action: adaptertest.Get, Code: "rate_limited", Kind: adapters.KindThrottled},
	{Action: adaptertest.Create, Code: "rate_limited", Kind: adapters.KindThrottled},
	{Action: adaptertest.Get, Code: "maintenance", Kind: adapters.KindUnavailable},
	{Action: adaptertest.Create, Code: "maintenance", Kind: adapters.KindAmbiguous}, // a 503 tells nothing
	{Action: adaptertest.Get, Code: "internal", Kind: adapters.KindTransient},
	{Action: adaptertest.Create, Code: "internal", Kind: adapters.KindAmbiguous},
}

func harness(t *testing.T) adaptertest.Harness {
	return adaptertest.Harness{
		Open: site.Open, Refusals: refusals, Secrets: []string{sandbox.DefaultClientSecret, wrongSecret},
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
