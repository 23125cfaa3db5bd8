// Command minimal is the least that answers from a database: net/http and SQLite. The program's start, memory and
// size are shown beside it.
package main

import (
	"database/sql"
	"fmt"
	"log"
	"net/http"
	"os"

	_ "modernc.org/sqlite" // what any server with SQLite and no C compiler carries
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: minimal HOST:PORT FILE")
	}
	d, err := sql.Open("sqlite", os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	if _, err := d.Exec(`CREATE TABLE IF NOT EXISTS visit (at TEXT)`); err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		var n int
		if err := d.QueryRowContext(r.Context(), `SELECT count(*) FROM visit`).Scan(&n); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready", n)
	})
	log.Fatal(http.ListenAndServe(os.Args[1], nil))
}
