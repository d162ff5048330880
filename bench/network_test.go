package bench

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"
)

// The hashes are of the files that the generator in Python writes.
func TestGenerateMakesTheKnownFiles(t *testing.T) {
	t.Parallel()
	for i, want := range [][3]string{
		{"410375ee8cf3398d", "4c069450040cfbb7", "b2c5a7945b1af6dd"},
		{"1fd40c75c2c218aa", "ae0dbc2e05a1bdf5", "6fbea1a74a9c2a48"},
		{"4589a737ecb0308f", "efc038a0dcb44122", "ced6de5d9f16bf01"},
	} {
		s := Generate(Sizes[i])
		for k, got := range [][]byte{s.Items, s.BOM, s.Demands} {
			sum := sha256.Sum256(got)
			if h := hex.EncodeToString(sum[:8]); h != want[k] {
				t.Errorf("%s: file %d has the hash %s, want %s", Sizes[i].Name, k, h, want[k])
			}
		}
	}
}
