package text

var postmartReasons = map[string]sentence{}
