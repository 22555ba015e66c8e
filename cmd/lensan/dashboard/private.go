package dashboard

import (
	"net/http"

	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
)

// private is what may be seen of a producer: whole for operators, masked for
// viewers.
func (v *visit) private(p catalog.Producer) catalog.Producer {
	if v.user.role >= roleOperator {
		return p
	}
	p.Phone, p.TaxCode = mask(p.Phone), mask(p.TaxCode)
	if p.Address != "" {
		p.Address = "•••"
	}
	return p
}

// phonesFor reads the telephones of all producers by product, for an export
// that asked for them. Viewers are refused; the export is written to the
// audit.
func (d *Dashboard) phonesFor(r *http.Request, v *visit, asked bool) (map[string]string, error) {
	if !asked {
		return nil, nil
	}
	if v.user.role < roleOperator {
		return nil, errRole
	}
	phones, err := d.Store.ProductPhones(r.Context())
	if err != nil {
		return nil, err
	}
	return phones, d.Store.AppendEvent(r.Context(), store.Event{Actor: v.user.name, Kind: "export.personal",
		Detail: map[string]any{"what": "telephones", "filter": filterOf(r.URL.Query()).Encode(), "products": len(phones)}})
}

func dayText(v *visit, day string) string { return text.Day(v.lang, catalog.Day(day)) }

func momentText(v *visit, ms int64) string { return text.Moment(v.lang, toTime(ms)) }

func whoText(v *visit, who string) string {
	if who == "" {
		return ""
	}
	return whoWord(v.lang, who)
}
