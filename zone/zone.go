package zone

import (
	"archive/zip"
	_ "embed" // for the data
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

//go:embed zoneinfo.zip
var data string

// files are the zones of the data by their names.
var files = sync.OnceValues(func() (map[string]*zip.File, error) {
	archive, err := zip.NewReader(strings.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	byName := make(map[string]*zip.File, len(archive.File))
	for _, f := range archive.File {
		byName[f.Name] = f
	}
	return byName, nil
})

// Load finds a zone by its name in the database of the IANA, such as
// Europe/Berlin; UTC is one of them. The zone of the machine is not.
func Load(name string) (*time.Location, error) {
	known, err := files()
	if err != nil {
		return nil, err
	}
	f := known[name]
	if name == "" || f == nil {
		return nil, fmt.Errorf("there is no time zone “%s”", name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	rules, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	if err := r.Close(); err != nil {
		return nil, err
	}
	return time.LoadLocationFromTZData(name, rules)
}
