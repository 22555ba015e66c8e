package text

var vosoReasons = map[string]sentence{}
