package dbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"
	"syscall"

	_ "github.com/jackc/pgx/v5/stdlib" // the administration connection: databases are made outside any *db.DB

	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
)

// cluster is a running PostgreSQL server on a loopback port.
type cluster struct {
	admin *sql.DB
	port  int
	dir   string
	copy  string   // how a database is copied, where there's a choice
	users *os.File // the lock of this process: an unreachable file would be closed, and the lock lost
}

// shared returns this machine's test cluster, starting it when this process is the first to ask. The process
// holds a shared lock on the file "users" until it ends; a small watcher stops the server when nobody does.
var shared = sync.OnceValues(func() (*cluster, error) {
	bin, err := serverPrograms()
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(memory(), fmt.Sprintf("hanse-test-pg-%d", os.Getuid()))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	// Held until the process ends, so it's never closed.
	users, err := lock(filepath.Join(dir, "users"), syscall.LOCK_SH)
	if err != nil {
		return nil, err
	}
	start, err := lock(filepath.Join(dir, "start"), syscall.LOCK_EX)
	if err != nil {
		return nil, err
	}
	defer start.Close()
	if c, err := connect(dir); err == nil {
		c.users = users
		return c, nil
	}
	if err := startServer(dir, bin); err != nil {
		return nil, err
	}
	c, err := connect(dir)
	if err != nil {
		return nil, err
	}
	c.users = users
	return c, nil
})

// memory is the folder in memory when it has room, else the one for temporary files: a fresh database is some thousand
// files, and a slow disk makes each of them felt. What must survive a loss of power is tested by Durable.
func memory() string {
	const folder, room = "/dev/shm", 4 << 30
	var fs syscall.Statfs_t
	if err := syscall.Statfs(folder, &fs); err != nil || fs.Bavail*uint64(fs.Bsize) < room {
		return os.TempDir()
	}
	return folder
}

func lock(path string, how int) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o666)
	if err != nil {
		return nil, err
	}
	return f, syscall.Flock(int(f.Fd()), how)
}

// serverPrograms finds the folder with initdb and pg_ctl, the newest one of Debian's layout.
func serverPrograms() (string, error) {
	if p, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(p), nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		return "", errors.New("no PostgreSQL server programs found: install the package postgresql")
	}
	sort.Slice(found, func(i, j int) bool { return major(found[i]) < major(found[j]) })
	return filepath.Dir(found[len(found)-1]), nil
}

func major(path string) int {
	n, _ := strconv.Atoi(strings.Split(path, "/")[4])
	return n
}

func connect(dir string) (*cluster, error) {
	b, err := os.ReadFile(filepath.Join(dir, "port"))
	if err != nil {
		return nil, err
	}
	port, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		return nil, err
	}
	c := &cluster{port: port, dir: dir}
	if c.admin, err = sql.Open("pgx", c.dsn("postgres")); err != nil {
		return nil, err
	}
	c.admin.SetMaxOpenConns(2)
	var version int
	if err := c.admin.QueryRow(`SELECT current_setting('server_version_num')`).Scan(&version); err != nil {
		return nil, err
	}
	if version >= 150000 { // before, files were the only way
		c.copy = " STRATEGY FILE_COPY"
	}
	return c, nil
}

func (c *cluster) dsn(name string) string {
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/%s?sslmode=disable", c.port, name)
}

func (c *cluster) exec(text string) error {
	_, err := c.admin.Exec(text)
	return err
}

// startServer makes a throw-away cluster that trusts loopback and doesn't wait for the disk.
func startServer(dir, bin string) error {
	data := filepath.Join(dir, "data")
	if err := os.RemoveAll(data); err != nil {
		return err
	}
	attr, err := unprivileged(dir)
	if err != nil {
		return err
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	run := func(name string, args ...string) error {
		cmd := exec.Command(filepath.Join(bin, name), args...)
		cmd.Dir, cmd.SysProcAttr = dir, attr
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", name, err, out)
		}
		return nil
	}
	if err := run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"); err != nil {
		return err
	}
	options := fmt.Sprintf("-p %d -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off "+
		"-c synchronous_commit=off -c full_page_writes=off -c max_connections=200 -c shared_buffers=128MB", port)
	if err := run("pg_ctl", "-D", data, "-w", "-l", filepath.Join(dir, "log"), "-o", options, "start"); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "port"), []byte(strconv.Itoa(port)), 0o644); err != nil {
		return err
	}
	return watch(dir, bin, attr)
}

// unprivileged makes the server run as the system's user postgres when we are root: it refuses root.
func unprivileged(dir string) (*syscall.SysProcAttr, error) {
	attr := &syscall.SysProcAttr{Setpgid: true}
	if os.Getuid() != 0 {
		return attr, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("root can't run PostgreSQL, and there's no other user for it: %w", err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return attr, os.Chown(dir, uid, gid)
}

// watch leaves a small shell behind that stops the server once no test process holds the lock any more.
func watch(dir, bin string, attr *syscall.SysProcAttr) error {
	script := `while :; do sleep 15; flock -n -x users true && break; done
exec flock -x start sh -c 'rm -f port; "` + bin + `/pg_ctl" -D data -m immediate stop; rm -rf data'`
	cmd := exec.Command("sh", "-c", script)
	cmd.Dir, cmd.SysProcAttr = dir, attr
	for _, name := range []string{"users", "start"} {
		if err := os.Chmod(filepath.Join(dir, name), 0o666); err != nil {
			return err
		}
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	return cmd.Process.Release()
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// template returns the name of the migrated template database, making it when it's not there.
func (c *cluster) template() (string, error) {
	name := "template_" + db.SchemaHash()
	gate, err := lock(filepath.Join(c.dir, "start"), syscall.LOCK_EX)
	if err != nil {
		return "", err
	}
	defer gate.Close()
	var n int
	if err := c.admin.QueryRow(`SELECT count(*) FROM pg_database WHERE datname = $1`, name).Scan(&n); err != nil || n == 1 {
		return name, err
	}
	// Under another name until it's whole: a process that dies here must not leave half a template.
	if err := errors.Join(c.exec(`DROP DATABASE IF EXISTS making`), c.exec(`CREATE DATABASE making`)); err != nil {
		return "", err
	}
	d, err := db.Open(c.dsn("making"), clock.Fake(Start).Clock)
	if err != nil {
		return "", err
	}
	_, err = d.Migrate(context.Background())
	if err := errors.Join(err, d.Close()); err != nil {
		return "", err
	}
	return name, c.exec("ALTER DATABASE making RENAME TO " + name)
}
