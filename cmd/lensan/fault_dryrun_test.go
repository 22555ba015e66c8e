package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"lensan/adapters/sandbox"
)

// F29: every command that only looks, on every state that a listing can be in,
// against marketplaces that fail the test on any call that may change
// something, by operation.
func TestF29_NothingThatOnlyLooksWrites(t *testing.T) {
	for name, prepare := range map[string]func(sh *shell){
		"nothing is listed yet": func(sh *shell) { sh.take(products(12)) },
		"everything differs":    everythingDiffers,
		"a batch, and more to close than a brake lets through": aBatchAndABrake,
	} {
		t.Run(name, func(t *testing.T) {
			eachShell(t, func(t *testing.T, sh *shell) {
				prepare(sh)
				before := sh.standing()
				sh.writing.Store(false)
				defer sh.writing.Store(true)
				sh.lookEverywhere()
				if after := sh.standing(); !slices.Equal(before, after) {
					t.Errorf("what stands on the marketplaces or was sent to them differs:\n%v\n%v", before, after)
				}
				if sh.reads.Load() == 0 {
					t.Error("nothing was read: it proves nothing")
				}
			})
		})
	}
}

// lookEverywhere runs the commands. What they find is another matter: changes
// pending, a brake that would stop them, questions.
func (sh *shell) lookEverywhere() {
	sh.t.Helper()
	found := []Exit{ExitDone, ExitPending, ExitBrake}
	for _, args := range [][]string{
		{"plan"},
		{"plan", "--refresh", "--detailed-exitcode"},
		{"plan", "--policy", "create-only", "-o", "json"},
		{"plan", "--as-of", "2031-01-01", "--detailed-exitcode"},
		{"sync", "--policy", "observe", "--wait"},
		{"reconcile", "--policy", "observe", "--wait"},
		{"plan", "--detailed-exitcode", "-o", "csv"}, // by what was read now
		{"export", filepath.Join(sh.folder, "ra.csv")},
		{"export", filepath.Join(sh.folder, "ra.xlsx")},
		{"status"},
		{"status", "--products", "-o", "json"},
		{"decisions"},
		{"history", "MO0001"},
		{"runs"},
		{"marketplaces"},
		{"doctor"},
	} {
		reads := sh.reads.Load()
		exit, out, talk := sh.run(args...)
		if !slices.Contains(found, exit) {
			sh.t.Errorf("lensan %v: exit %d\n%s%s", args, exit, tailOf(out), tailOf(talk))
		}
		if slices.Contains(args, "--refresh") || args[0] == "reconcile" {
			if sh.reads.Load() == reads {
				sh.t.Errorf("lensan %v read nothing", args)
			}
		}
	}
}

// standing is all that stands on the marketplaces, and what they and the
// record have counted of writes.
func (sh *shell) standing() []string {
	sh.t.Helper()
	var out []string
	for _, m := range []string{"postmart", "voso"} {
		for p := range sh.sandbox.Products(m) {
			out = append(out, m+" "+p.ID+" "+p.Status+" "+string(p.Wire))
		}
		l, err := sh.sandbox.Ledger(m)
		if err != nil {
			sh.t.Fatal(err)
		}
		out = append(out, fmt.Sprint(m, " mutating ", l.Mutating))
	}
	return append(out, fmt.Sprint("intents ", sh.db.Int(sh.t, "SELECT COUNT(*) FROM intents")),
		fmt.Sprint("items ", sh.db.Int(sh.t, "SELECT COUNT(*) FROM items")), fmt.Sprint("pictures ", sh.db.Int(sh.t, "SELECT COUNT(*) FROM media")))
}

// everythingDiffers brings about each state that a listing can be in.
func everythingDiffers(sh *shell) {
	all := products(29)
	sh.listed(all)
	until := all[11].until
	all[11].until = "01/11/2026"
	sh.take(all)
	sh.must([]string{"sync", "--wait"}, ExitDone) // closed by us, and to be opened again
	all[11].until = until
	all[0].price, all[1].price, all[2].price, all[3].price = "130.000 đ", "110.000 đ", "40.000 đ", "2.000.000 đ"
	all[4].stock, all[5].text, all[6].name = "0", all[5].text+" Bảo quản nơi khô ráo.", "Mật ong rừng đặc biệt chai 500 ml"
	all[10].price = "150.000 đ"
	all[14].note = "Thu hồi"
	all[15].sku = "MOI-16"
	all[16].price = "150.000 đ"
	for _, m := range []string{"postmart", "voso"} {
		stock := map[string]string{"postmart": "stock", "voso": "quantity"}[m]
		for i, edit := range map[int]map[string]any{7: {"name": "Mật ong rẻ nhất chợ"}, 8: {"price": 99000}, 9: {stock: 3}, 10: {"price": 98000}} {
			b, err := json.Marshal(edit)
			if err != nil {
				sh.t.Fatal(err)
			}
			sh.people(sh.sandbox.EditBySeller(m, sh.one(m, all[i].sku).ID, b))
		}
		sh.people(sh.sandbox.CloseByStaff(m, sh.one(m, all[12].sku).ID))
		shop := sh.one(m, all[0].sku).Shop
		_, err := sh.sandbox.AddByHand(m, sandbox.HandMade{Shop: shop, SKU: all[13].sku, Name: "Hàng của người khác, trùng mã", Price: 70000, Stock: 1})
		sh.people(err)
		sh.double(m, all[13])
		for _, name := range []string{"Mật ong rừng số 30 chai 500 ml", "Mât ong rưng sô 31 chai 500 ml", "Vé tham quan trại ong"} { // a title, a look-alike, a stranger
			_, err := sh.sandbox.AddByHand(m, sandbox.HandMade{Shop: sh.one(m, all[28].sku).Shop, Name: name, Price: 120000, Stock: 4})
			sh.people(err)
		}
		sh.people(sh.sandbox.SetShopStatus(m, sh.one(m, all[16].sku).Shop, "blocked"))
	}
	sh.take(append(all, products(36)[29:]...))
}

// double lists a SKU a second time in its own shop, as a marketplace that
// minds no SKU would.
func (sh *shell) double(m string, p product) {
	sh.t.Helper()
	id, err := sh.sandbox.SetFault(sandbox.Fault{Market: m, Op: map[string]string{"postmart": "createProduct", "voso": "saveProducts"}[m], Kind: sandbox.NoUnique})
	sh.people(err)
	_, err = sh.sandbox.AddByHand(m, sandbox.HandMade{Shop: sh.one(m, p.sku).Shop, SKU: p.sku, Name: p.name, Price: 120000, Stock: 1})
	sh.people(err)
	sh.people(sh.sandbox.ClearFault(m, id))
}

// aBatchAndABrake gives more prices than one call carries, and has more end,
// day by day, than a brake lets through.
func aBatchAndABrake(sh *shell) {
	all := products(60)
	sh.listed(all)
	for i := range all {
		all[i].price = "125.000 đ"
	}
	for i := range all[:12] {
		all[i].until = fmt.Sprintf("%02d/11/2026", i+1)
	}
	sh.take(all)
}

func (sh *shell) people(err error) {
	sh.t.Helper()
	if err != nil {
		sh.t.Fatal(err)
	}
}
