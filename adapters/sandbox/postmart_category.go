package sandbox

type pmCategory struct {
	ID       int    `json:"id"`
	ParentID *int   `json:"parent_id"`
	Name     string `json:"name"`
	Leaf     bool   `json:"leaf"`
}

// pmTree is x-leaf-categories of the contract under parents of our own.
var pmTree = func() []pmCategory {
	var all []pmCategory
	for _, group := range []struct {
		id   int
		name string
		leaf []string // ids count from id+1
	}{
		{2100, "Nông sản, thực phẩm tươi", []string{"Rau củ quả tươi", "Thịt, trứng, sữa, thủy sản tươi",
			"Gạo, ngũ cốc, hạt", "Mật ong và nông sản khác"}},
		{2200, "Thực phẩm chế biến", []string{"Đồ ăn nhanh", "Bún, miến, bánh, ngũ cốc chế biến",
			"Đặc sản từ rau, củ, quả, hạt", "Đặc sản từ thịt, trứng, thủy sản", "Nước mắm, tương, gia vị lỏng",
			"Gia vị khô"}},
		{2300, "Chè, cà phê", []string{"Chè", "Trà thảo mộc", "Cà phê, ca cao"}},
		{2400, "Đồ uống", []string{"Rượu trắng", "Đồ uống có cồn khác", "Nước uống và đồ uống không cồn"}},
		{2500, "Sức khỏe, làm đẹp", []string{"Thực phẩm bảo vệ sức khỏe", "Mỹ phẩm thảo dược",
			"Tinh dầu, dược liệu"}},
		{2600, "Thủ công, vải", []string{"Thủ công mỹ nghệ", "Vải, thổ cẩm, may mặc"}},
		{2700, "Sinh vật cảnh", []string{"Hoa, cây cảnh"}},
	} {
		parent := group.id
		all = append(all, pmCategory{ID: parent, Name: group.name})
		for i, name := range group.leaf {
			all = append(all, pmCategory{ID: parent + 1 + i, ParentID: &parent, Name: name, Leaf: true})
		}
	}
	return all
}()

var pmLeaf = func() map[int64]bool {
	leaf := map[int64]bool{}
	for _, c := range pmTree {
		leaf[int64(c.ID)] = c.Leaf
	}
	return leaf
}()

func (c *call) pmCategories() *answer {
	var f form
	f.noQuery(c)
	if !f.ok() {
		return pmInvalid(f.bad)
	}
	return jsonAnswer(200, "ok", map[string]any{"items": pmTree})
}
