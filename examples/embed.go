// Package examples holds real networks that come with the program.
package examples

import _ "embed"

// CarbonFarmNetwork is the network file of the Carbon Farm Network's season of
// 2023 (README.md beside it says where it is from).
//
//go:embed carbon-farm-network.jsonld
var CarbonFarmNetwork []byte
