package text

var offerReasons = map[string]sentence{}
