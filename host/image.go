package host

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"commonweal/node"
)

// ImageFile is the image of the books in the folder of a network. It can be removed at
// any time; the next start is then slow.
const ImageFile = "books.image"

// KeepImage is the image in a folder, which it may have none of yet.
func KeepImage(folder string) node.Images { return imageFile(filepath.Join(folder, ImageFile)) }

type imageFile string

// Read reads the file, nil if there is none.
func (f imageFile) Read() ([]byte, error) {
	raw, err := os.ReadFile(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return raw, err
}

// Write writes a file beside it, makes it durable, and only then puts it in its place.
func (f imageFile) Write(from io.WriterTo) error {
	if err := os.MkdirAll(filepath.Dir(string(f)), 0o750); err != nil {
		return err
	}
	part := string(f) + ".part"
	to, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(to, 1<<20)
	_, err = from.WriteTo(out)
	err = errors.Join(err, out.Flush(), to.Sync(), to.Close())
	if err == nil {
		err = os.Rename(part, string(f))
	}
	if err != nil {
		return errors.Join(err, os.Remove(part))
	}
	dir, err := os.Open(filepath.Dir(string(f)))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// Drop removes the file.
func (f imageFile) Drop() error {
	if err := os.Remove(string(f)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
