package peopletest

import (
	"fmt"
	"sync/atomic"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/util/vfsutil"
	"github.com/ncruces/go-sqlite3/vfs"
)

// Disk is the operating system's files on a disk that can be full: then nothing is
// written. Its name is for the address of a SQLite file.
type Disk struct {
	vfs.VFS
	Name string
	full atomic.Bool
}

var disks atomic.Int64

// NewDisk is a disk with room; Remove takes it away.
func NewDisk() *Disk {
	d := &Disk{VFS: vfs.Find(""), Name: fmt.Sprint("disk-", disks.Add(1))}
	vfs.Register(d.Name, d)
	return d
}

// Remove takes the disk away; no file on it may be open.
func (d *Disk) Remove() { vfs.Unregister(d.Name) }

// Fill says whether it is full from here on.
func (d *Disk) Fill(full bool) { d.full.Store(full) }

// Open opens a file.
func (d *Disk) Open(name string, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	f, flags, err := vfsutil.WrapOpen(d.VFS, name, flags)
	return d.wrap(f, err), flags, err
}

// OpenFilename opens a file with what its address says.
func (d *Disk) OpenFilename(name *vfs.Filename, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	f, flags, err := vfsutil.WrapOpenFilename(d.VFS, name, flags)
	return d.wrap(f, err), flags, err
}

func (d *Disk) wrap(f vfs.File, err error) vfs.File {
	if err != nil {
		return f
	}
	return &diskFile{f, d}
}

// diskFile is one file there.
type diskFile struct {
	vfs.File
	disk *Disk
}

// SharedMemory is that of the file, for the log beside it.
func (f *diskFile) SharedMemory() vfs.SharedMemory {
	if s, ok := f.File.(vfs.FileSharedMemory); ok {
		return s.SharedMemory()
	}
	return nil
}

// WriteAt writes, if there is room.
func (f *diskFile) WriteAt(b []byte, at int64) (int, error) {
	if f.disk.full.Load() {
		return 0, sqlite3.FULL
	}
	return f.File.WriteAt(b, at)
}
