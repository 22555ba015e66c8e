package fold

import (
	"testing"

	"golang.org/x/text/unicode/norm"
)

func TestSearchForgetsAccentsInEitherForm(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"  Đồng   hồ\u00a0Áo ", norm.NFD.String("Đồng hồ Áo"), "dong ho ao", "ĐỒNG HỒ ÁO\u200b"} {
		if got := Search(s); got != "dong ho ao" {
			t.Errorf("Search(%q) = %q", s, got)
		}
	}
}

func TestProducerKey(t *testing.T) {
	t.Parallel()
	same := [][2]string{
		{"Công ty CP Thủy sản Vạn Phần", "CÔNG TY CỔ PHẦN THUỶ SẢN  VẠN PHẦN"},
		{"HTX NN&DV Minh Thành", "Hợp tác xã nông nghiệp và dịch vụ Minh Thành"},
		{norm.NFD.String("Hộ SX Hoà Bình"), "hộ sản xuất Hòa Bình."},
	}
	for _, p := range same {
		if ProducerKey(p[0]) != ProducerKey(p[1]) {
			t.Errorf("%q and %q differ: %q, %q", p[0], p[1], ProducerKey(p[0]), ProducerKey(p[1]))
		}
	}
	for _, p := range [][2]string{{"HTX Mật ong", "HTX Mát ong"}, {"HTX Quý Châu", "HTX Quỳ Châu"}, {"Cơ sở Anh Sơn 1", "Cơ sở Anh Sơn 2"}} {
		if ProducerKey(p[0]) == ProducerKey(p[1]) {
			t.Errorf("%q and %q give one key", p[0], p[1])
		}
	}
}

func TestCleanLinesKeepsLinesAndDropsControls(t *testing.T) {
	t.Parallel()
	if got := CleanLines("\r\n Một\u0007  hai \r\n\r\nba\r"); got != "Một hai\n\nba" {
		t.Errorf("%q", got)
	}
}
