package entrance

import "strings"

// marks are words in a User-Agent with what they are of; the first that is found counts.
var browsers = [][2]string{{"Firefox/", "Firefox"}, {"Edg", "Edge"}, {"OPR/", "Opera"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"}}
var systems = [][2]string{{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS X", "Mac"}, {"Linux", "Linux"}}

// DeviceOf says in words what a browser says of itself.
func DeviceOf(userAgent string) string {
	browser, system := first(browsers, userAgent), first(systems, userAgent)
	switch {
	case browser != "" && system != "":
		return text("device.on", browser, system)
	case browser+system != "":
		return browser + system
	}
	return text("device.unknown")
}

func first(list [][2]string, in string) string {
	for _, m := range list {
		if strings.Contains(in, m[0]) {
			return m[1]
		}
	}
	return ""
}
