// Package workbook is the lane of a marketplace without an API, or without
// access to it: changes leave as Excel files that a person uploads in the
// seller portal, and what the marketplace shows is read from the list that the
// person exports there. Nothing is sent to anybody.
//
// The folder of a lane:
//
//	HUONG-DAN.txt            what to do, step by step
//	mau-danh-sach-trong.xlsx an exported list without rows: "nothing is there yet"
//	1-can-tai-len/           files to upload, each with its pictures beside it
//	2-da-tai-len/            where a person moves a file after uploading it
//	3-danh-sach-tu-san/      where a person drops exported lists
//	4-bo-khong-tai/          where a person moves a file that will not be uploaded
//	.lensan/                 what was handed over (the record of promise 4), pictures
//
// A change that was written into a file is handed over, neither done nor
// failed (adapters.Handover). It is done when a list shows it. That it does not
// show counts only when its file was uploaded and the list is newer than that.
//
// Offers are judged by the marketplace's own rules, given as Rules; columns are
// a Mapping. Both are data of the marketplace, so that no marketplace's name
// stands in this package.
//
// It imports adapters, excelize and yaml.
package workbook
