package bench

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"
)

// The hashes are of the files that the generator in Python writes: components,
// steps, uses, machines, demands.
func TestGenerateChainsMakesTheKnownFiles(t *testing.T) {
	t.Parallel()
	for i, want := range [][5]string{
		{"9d215fa6e537a06b", "a996271229d328b8", "53c482523a7c21dd", "c0bf1e00c83838c3", "1c5b51bae195404e"},
		{"ee5d083e2a1ba129", "cbec0dc2dc5064cd", "f1b8fdb9303f2b88", "73f25c144f12b36c", "090e7b3ee8a8d5ea"},
	} {
		c := GenerateChains(ChainSizes[i])
		for k, got := range [][]byte{c.Components, c.Steps, c.Uses, c.Machines, c.Demands} {
			sum := sha256.Sum256(got)
			if h := hex.EncodeToString(sum[:8]); h != want[k] {
				t.Errorf("%s: file %d has the hash %s, want %s", ChainSizes[i].Name, k, h, want[k])
			}
		}
		g, err := c.Graph()
		if err != nil {
			t.Fatal(err)
		}
		if needs := ChainSizes[i].Chains * ChainSizes[i].Demands; len(g.Intents) != needs+2*ChainSizes[i].Components {
			t.Errorf("%s: %d intents", ChainSizes[i].Name, len(g.Intents))
		}
	}
}
