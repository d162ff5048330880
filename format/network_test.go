package format

import (
	"bytes"
	"os"
	"testing"

	"commonweal/vf"
)

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestCarbonFarmNetworkIsRead(t *testing.T) {
	t.Parallel()
	g, err := ReadNetwork("carbon.jsonld", bytes.NewReader(readFile(t, "testdata/carbon-farm-network.jsonld")), nil)
	if err != nil {
		t.Fatal(err)
	}
	counts := map[vf.Class]int{}
	for _, r := range g.All() {
		counts[r.Class()]++
	}
	t.Log(counts)
}
