// Package zone finds time zones in data that is embedded in the program, so that
// a plan does not depend on what the machine happens to know of clocks.
//
// The data is zoneinfo.zip of Go 1.26.8: release 2025c of the time zone database
// of the IANA, which is in the public domain. To renew it, copy lib/time/zoneinfo.zip
// of a newer Go over it, and say here and in the test which release it is. A
// change of the data can move plans; so it is a change that the changelog tells.
package zone
