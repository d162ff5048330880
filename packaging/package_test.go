package packaging

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// TestThePackage builds the package, takes it apart, and starts what is in it.
func TestThePackage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	program := filepath.Join(dir, "commonweal")
	output(t, "go", "build", "-o", program, "../cmd/commonweal")
	deb := strings.TrimSpace(output(t, "./package.sh", program, dir))
	if about := output(t, "dpkg-deb", "--info", deb); !strings.Contains(about, "Package: commonweal") || !strings.Contains(about, "conffiles") {
		t.Errorf("the package says of itself:\n%s", about)
	}
	if contents := output(t, "dpkg-deb", "--contents", deb); !strings.HasPrefix(contents, "drwxr-xr-x root/root ") {
		t.Errorf("the root of the package is not for everybody:\n%s", contents)
	}
	root := filepath.Join(dir, "root")
	output(t, "dpkg-deb", "--extract", deb, root)
	installed := filepath.Join(root, "usr/bin/commonweal")
	unit, err := os.ReadFile(filepath.Join(root, "lib/systemd/system/commonweal.service"))
	if err != nil {
		t.Fatal(err)
	}
	settings := filepath.Join(root, "etc/commonweal/commonweal.yaml")
	if !strings.Contains(string(unit), "ExecStart="+strings.TrimPrefix(installed, root)+" serve --config "+strings.TrimPrefix(settings, root)+"\n") {
		t.Errorf("the unit does not start what the package installs:\n%s", unit)
	}
	if about, _, _ := strings.Cut(string(unit), "[Service]"); !strings.Contains(string(unit), "\nRestart=always\n") || !strings.Contains(about, "\nStartLimitIntervalSec=0\n") {
		t.Errorf("the unit gives up after a few starts that failed:\n%s", unit)
	}
	inForce := output(t, installed, "config", "--config", settings)
	if !strings.Contains(inForce, "/var/lib/commonweal") {
		t.Errorf("in force after installing:\n%s", inForce)
	}
	for _, script := range []string{"debian/postinst", "debian/prerm"} {
		output(t, "sh", "-n", script)
	}
}
