package voso

import (
	"context"
	"errors"
	"time"

	"lensan/adapters"
)

// FindShop reads the shop that carries producerRef as its partnerShopCode.
func (a *Adapter) FindShop(ctx context.Context, producerRef string) (*adapters.RemoteShop, *adapters.Error) {
	var found *adapters.RemoteShop
	_, _, fault := do(ctx, a, call{op: "searchShop", path: "/shop/search", body: shopSearch{PartnerShopCode: producerRef}}, func(data shopData) (err error) {
		found = nil
		if data.Items == nil || len(*data.Items) > 1 {
			return errors.New("none or one shop was to come")
		}
		for _, s := range *data.Items {
			if s.PartnerShopCode != producerRef {
				return errors.New("another shop than the one asked for")
			}
			if found, err = remoteShop(s); err != nil {
				return err
			}
		}
		return nil
	})
	if fault != nil {
		return nil, fault
	}
	return found, nil
}

// CreateShop makes a producer's shop, which can't be changed afterwards. There
// are no keys; a second one for the same producer answers KindExists without
// the id, which FindShop tells. A refusal to try again later (Transient) is
// safe: the code is taken when it was carried out after all.
func (a *Adapter) CreateShop(ctx context.Context, s adapters.Shop, _ string) (*adapters.RemoteShop, *adapters.Error) {
	if problems := a.CheckShop(s); len(problems) > 0 {
		e := &adapters.Error{Marketplace: Name, Op: "saveShop", Kind: adapters.KindInvalid, Code: problems[0].Code}
		for _, p := range problems {
			e.Fields = append(e.Fields, adapters.FieldError{Field: p.Field, Code: p.Code})
		}
		return nil, e
	}
	in := shopInput{
		PartnerShopCode: s.ProducerRef, ShopName: normalText(s.Name), Phone: plainPhone(s.Phone), TaxCode: normalText(s.TaxCode),
		ProvinceCode: s.ProvinceCode, WardCode: s.CommuneCode, Address: normalText(s.Address),
	}
	var made *adapters.RemoteShop
	_, _, fault := do(ctx, a, call{
		op: "saveShop", path: "/shop/save", body: in, mutates: true, sureRefusals: true,
		private: []string{s.Phone, in.Phone, s.TaxCode, s.Address, in.Address},
	}, func(data shop) (err error) {
		if data.PartnerShopCode != s.ProducerRef {
			return errors.New("another shop than the one made")
		}
		made, err = remoteShop(data)
		return err
	})
	if fault != nil {
		return nil, fault
	}
	return made, nil
}

func remoteShop(s shop) (*adapters.RemoteShop, error) {
	if s.ShopID == "" {
		return nil, errors.New("a shop without shopId")
	}
	out := &adapters.RemoteShop{ID: s.ShopID, ProducerRef: s.PartnerShopCode}
	switch s.ShopStatus {
	case "WAITING":
		out.Status = adapters.ShopPending
	case "ACTIVE":
		out.Status = adapters.ShopActive
	case "BLOCKED":
		out.Status = adapters.ShopSuspended
	default:
		return nil, errors.New("a shop with an unknown status")
	}
	return out, nil
}

// UploadImage stores a picture. Every upload makes a new image, so one that got
// no answer is simply made again: an image that no product uses harms nobody.
func (a *Adapter) UploadImage(ctx context.Context, image adapters.Image) (string, *adapters.Error) {
	refuse := func(code string) (string, *adapters.Error) {
		return "", &adapters.Error{Marketplace: Name, Op: "uploadImage", Kind: adapters.KindInvalid, Code: code,
			Fields: []adapters.FieldError{{Field: string(adapters.FieldImages), Code: code}}}
	}
	extension := map[string]string{"image/jpeg": ".jpg", "image/png": ".png"}[image.Type]
	switch {
	case extension == "":
		return refuse("images.bad_format")
	case len(image.Bytes) == 0:
		return refuse("images.missing")
	case len(image.Bytes) > maxImageBytes:
		return refuse("images.too_large")
	}
	name := image.SHA256
	if name == "" || len(name) > 64 {
		name = "image"
	}
	data, _, fault := do(ctx, a, call{
		op: "uploadImage", path: "/image/upload", body: imageUpload{FileName: name + extension, ContentBase64: image.Bytes},
		mutates: true, idempotent: true, timeout: 30 * time.Second,
	}, func(data imageData) error {
		if data.ImageID == "" {
			return errors.New("no imageId")
		}
		return nil
	})
	if fault != nil {
		return "", fault
	}
	return data.ImageID, nil
}
