package sandbox

type vsCategory struct {
	CategoryID string  `json:"categoryId"`
	ParentID   *string `json:"parentId"`
	Name       string  `json:"name"`
	IsLeaf     bool    `json:"isLeaf"`
}

// vsTree is x-leaf-categories of the contract under parents of our own.
var vsTree = func() []vsCategory {
	var all []vsCategory
	for _, group := range []struct {
		id, name string
		leaf     [][2]string
	}{
		{"NS", "Nông sản", [][2]string{{"NS01", "Nông sản tươi"}, {"NS02", "Gạo, ngũ cốc, nông sản khô"},
			{"NS03", "Mật ong"}}},
		{"TP", "Thực phẩm", [][2]string{{"TP01", "Thực phẩm chế biến"}, {"TP02", "Nước chấm, gia vị"}}},
		{"DU", "Đồ uống", [][2]string{{"DU01", "Chè, trà, cà phê"}, {"DU02", "Đồ uống không cồn"}}},
		{"SK", "Sức khỏe", [][2]string{{"SK01", "Chăm sóc sức khỏe, dược liệu"}}},
		{"LD", "Làm đẹp và chăm sóc", [][2]string{{"LD01", "Làm đẹp"}}},
		{"TC", "Thủ công", [][2]string{{"TC01", "Thủ công mỹ nghệ, quà tặng"}}},
		{"TT", "May mặc", [][2]string{{"TT01", "Thời trang, vải"}}},
		{"CC", "Cây cảnh", [][2]string{{"CC01", "Hoa, cây cảnh"}}},
	} {
		parent := group.id
		all = append(all, vsCategory{CategoryID: parent, Name: group.name})
		for _, leaf := range group.leaf {
			all = append(all, vsCategory{CategoryID: leaf[0], ParentID: &parent, Name: leaf[1], IsLeaf: true})
		}
	}
	return all
}()

var vsLeaf = func() map[string]bool {
	leaf := map[string]bool{}
	for _, c := range vsTree {
		leaf[c.CategoryID] = c.IsLeaf
	}
	return leaf
}()

func (c *call) vsCategories() *answer {
	if _, refusal := c.vsBody(); refusal != nil {
		return refusal
	}
	return vsOK(map[string]any{"items": vsTree})
}
