package bank

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"hanse/internal/kit/money"
	"hanse/internal/kit/signature"
)

// An order is one movement of money that a client wants, until it's acknowledged or refused.
type order struct {
	pair    pair
	reclaim bool
	minor   int64
	key     string

	transfer string // of the acknowledgement; "" = refused
	tries    int
}

func (o order) String() string {
	return fmt.Sprintf("order %s: %s %s between %s and %s, transfer %q after %d tries", o.key, map[bool]string{false: "allocate", true: "reclaim"}[o.reclaim],
		money.Text(o.minor), o.pair.partner, o.pair.other, o.transfer, o.tries)
}

// most is the most that is moved at once, in fen.
const most = 5000

// A client gives orders one after another. Whatever it doesn't know the outcome of, it sends again with the same key.
type client struct {
	name  string
	url   string
	pairs []pair
	rand  *rand.Rand
	http  *http.Client
	// fresh makes it take a new key for each try: the mistake that a control makes.
	fresh bool

	done     *atomic.Int64 // orders of all clients that were acknowledged
	orders   []order
	lost     int // answers that didn't come
	replayed int // answers that had been given before
}

// run gives orders until told to stop, and ends when the last one's outcome is known.
func (c *client) run(ctx context.Context, stop *atomic.Bool) error {
	for n := 0; !stop.Load(); n++ {
		o := order{pair: c.pairs[c.rand.IntN(len(c.pairs))], reclaim: c.rand.IntN(3) == 0, minor: 1 + c.rand.Int64N(most), key: fmt.Sprintf("%s-%d", c.name, n)}
		if err := c.settle(ctx, &o); err != nil {
			return fmt.Errorf("%v: %w", o, err)
		}
		c.orders = append(c.orders, o)
	}
	return nil
}

func (c *client) settle(ctx context.Context, o *order) error {
	for {
		key := o.key
		if c.fresh && o.tries > 0 {
			key += "-" + strconv.Itoa(o.tries)
		}
		o.tries++
		status, body, replayed, err := c.send(ctx, *o, key)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, syscall.ECONNREFUSED):
			time.Sleep(30 * time.Millisecond) // the server is on its way up again
			continue
		case err != nil || status >= 500 || status == http.StatusTooManyRequests:
			c.lost++
			continue
		case status == http.StatusOK:
			var said struct {
				Transfer string `json:"transfer"`
				Amount   string `json:"amount"`
			}
			if err := json.Unmarshal(body, &said); err != nil || said.Transfer == "" || said.Amount != money.Text(o.minor) {
				return fmt.Errorf("acknowledged with %s", body)
			}
			if o.transfer = said.Transfer; replayed {
				c.replayed++
			}
			c.done.Add(1)
			return nil
		case strings.Contains(string(body), "HANSE.SHORT") || status == http.StatusConflict || status == http.StatusUnprocessableEntity:
			return nil // too little money: refused, and nothing may have moved
		}
		return fmt.Errorf("status %d: %s", status, body)
	}
}

// send signs and sends an order once. Each try is signed anew: a signature counts once.
func (c *client) send(ctx context.Context, o order, key string) (status int, body []byte, replayed bool, err error) {
	path := map[bool]string{false: "/api/v1/funds/allocate", true: "/api/v1/funds/reclaim"}[o.reclaim]
	text, err := json.Marshal(map[string]string{"to": o.pair.other, "amount": money.Text(o.minor)})
	if err != nil {
		return 0, nil, false, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url+path, bytes.NewReader(text))
	if err != nil {
		return 0, nil, false, err
	}
	req.GetBody = nil // or the transport sends a request with an Idempotency-Key again by itself, with a signature that is used
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "bank")
	req.Header.Set("Idempotency-Key", key)
	req.Header.Set("X-Nonce", strconv.FormatUint(c.rand.Uint64(), 36))
	if err := signature.Sign(req, o.pair.access, o.pair.secret, text, time.Now()); err != nil {
		return 0, nil, false, err
	}
	res, err := c.http.Do(req)
	if err != nil {
		return 0, nil, false, err
	}
	defer res.Body.Close()
	body, err = io.ReadAll(res.Body)
	return res.StatusCode, body, res.Header.Get("Idempotency-Replayed") == "true", err
}
