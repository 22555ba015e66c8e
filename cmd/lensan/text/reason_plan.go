package text

var planReasons = map[string]sentence{}
