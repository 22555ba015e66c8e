package voso

// categories maps the OCOP product sets to Voso's leaf categories. Set 26,
// tourism, can't be shipped and has none.
var categories = map[string]string{
	"01": "NS01", // vegetables, fruit, fresh
	"02": "NS01", // meat, eggs, milk, fish, fresh
	"03": "NS02", // rice, grain
	"04": "NS03", // honey and the like
	"05": "TP01", // fast food
	"06": "TP01", // made from rice and grain
	"07": "TP01", // made from vegetables, fruit, nuts
	"08": "TP01", // made from meat, eggs, milk, fish
	"09": "TP02", // fish sauce, soya sauce, liquid spices
	"10": "TP02", // other spices
	"11": "DU01", // tea
	"12": "DU01", // herbal teas
	"13": "DU01", // coffee, cocoa
	"16": "DU02", // drinking water
	"17": "DU02", // other drinks without alcohol
	"18": "SK01", // health food, medicinal
	"19": "LD01", // cosmetics
	"20": "SK01", // essential oils, medicinal herbs
	"21": "TC01", // crafts, decoration
	"22": "TT01", // cloth, clothing
	"23": "CC01", // flowers
	"24": "CC01", // ornamental plants
}

// notSold are the product sets for which Voso has no category at all.
var notSold = map[string]string{
	"14": "not_sold.alcohol",      // white spirits
	"15": "not_sold.alcohol",      // other drinks with alcohol
	"25": "not_sold.live_animals", // ornamental animals
}
