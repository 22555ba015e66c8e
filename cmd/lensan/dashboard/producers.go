package dashboard

import (
	"net/http"

	"lensan/cmd/lensan/dashboard/shelf"
)

// producersMeant bounds how many producers the words of a filter may mean.
const producersMeant = 500

// meant puts in place of the words that a person typed for a producer the
// producers that have them in their name. What nobody is called stays, and
// finds nothing.
func (d *Dashboard) meant(ctx ctx, q shelf.Query) (shelf.Query, error) {
	if len(q.Producers) == 0 {
		return q, nil
	}
	s, err := d.keeper.Get(ctx)
	if err != nil {
		return q, err
	}
	var refs []string
	for _, text := range q.Producers {
		found := s.Producers(text, producersMeant)
		if len(found) == 0 {
			refs = append(refs, text)
		}
		for _, p := range found {
			refs = append(refs, p.Ref)
		}
	}
	q.Producers = refs
	return q, nil
}

type producersData struct{ Names []string }

// producerNames gives the names that a field for producers offers while
// somebody types.
func (d *Dashboard) producerNames(w http.ResponseWriter, r *http.Request, v *visit) error {
	s, err := v.shelf(r.Context())
	if err != nil {
		return err
	}
	data := &producersData{}
	seen := map[string]bool{}
	for _, p := range s.Producers(r.URL.Query().Get("producer"), 30) {
		if !seen[p.Name] {
			seen[p.Name] = true
			data.Names = append(data.Names, p.Name)
		}
	}
	return d.write(w, r, v, http.StatusOK, "listings", "producer-names", data)
}
