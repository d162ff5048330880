// Package browsertest looks at pages with a real browser. It is for tests alone.
//
// # Words
//
// A [Browser] is a headless Chromium of its own, with a profile that nobody else
// has; a fault is what a page complains of there: an exception, or a line of the
// console that is no mere information, such as a breach of the policy of a page.
//
// # The path of the data
//
//	Start ─ chromium ─ Chrome DevTools Protocol over a web socket ─ one tab
//	Open, Fill, Press, Eval ─► commands; Until asks again until something is true
//	Picture ─ 360 and 1280 pixels, light and dark ─► what sticks out is an error
//
// # Limits
//
// Chromium is needed; make deps installs it. Whatever does not come true within a
// minute fails the test.
package browsertest
