package sdk

import (
	"net/http"
	"testing"

	m "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/osm/v2/model"
)

// status asks something of the server with a token and returns the status alone.
func (s *server) status(t *testing.T, role, path string) int {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, s.url+path, nil)
	must(t, err)
	r.Header.Set("X-Auth-Token", s.token(t, role))
	res, err := http.DefaultClient.Do(r)
	must(t, err)
	res.Body.Close()
	return res.StatusCode
}

// TestAnAccountManagerSeesTheTicketsOfTheOwnCustomers has a customer open a ticket by the SDK, which its account manager at
// the partner's desk answers; nobody else's account manager sees it.
func TestAnAccountManagerSeesTheTicketsOfTheOwnCustomers(t *testing.T) {
	s := demo(t)
	const manager = "account_manager" // of the demonstration's solution provider, who has no key
	her := s.logins[buyer]
	her.Role, her.Login, her.AccessKey = manager, "greta@balticnetcare.example", ""
	s.logins[manager] = her
	k := &desk{server: s, c: s.tickets(t, replayer)}
	got, err := k.create(t, "Who looks after us?", nil)
	must(t, err)
	k.no = value(got.IncidentId)
	queued := func(role string) bool {
		t.Helper()
		var list struct {
			Tickets []struct {
				No string `json:"no"`
			} `json:"tickets"`
		}
		s.rest(t, role, "GET", "/api/v1/desk/tickets?limit=100&account_id="+s.id(replayer), nil, &list)
		for _, x := range list.Tickets {
			if x.No == k.no {
				return true
			}
		}
		return false
	}
	var users []struct {
		ID    string `json:"user_id"`
		Email string `json:"email"`
	}
	s.rest(t, buyer, "GET", "/api/v1/accounts/"+s.id(buyer)+"/users", nil, &struct {
		Users any `json:"users"`
	}{&users})
	var own, admin string
	for _, u := range users {
		switch u.Email {
		case s.logins[manager].Login:
			own = u.ID
		case s.logins[buyer].Login:
			admin = u.ID
		}
	}
	if own == "" || admin == "" {
		t.Fatalf("users of the partner: %+v", users)
	}
	assign := func(user string) {
		t.Helper()
		s.rest(t, buyer, "POST", "/api/v1/partners/"+s.id(buyer)+"/customers/assign", map[string]any{"account_manager": user, "customers": []string{s.id(replayer)}}, nil)
	}
	if !queued(manager) || !queued(buyer) {
		t.Error("the ticket isn't in the queue of the partner's people")
	}
	s.rest(t, manager, "POST", "/api/v1/desk/tickets/"+k.no, map[string]any{"accept": true, "reply": "I do."}, nil)
	said, err := k.c.ListMessages(&m.ListMessagesRequest{CaseId: k.no})
	must(t, err)
	if all := *said.MessageList; len(all) != 2 || value(all[1].Content) != "I do." || value(all[1].Type) != 1 {
		t.Errorf("the customer reads %+v", all)
	}
	assign(admin)
	defer assign(own)
	if queued(manager) || !queued(buyer) {
		t.Error("the ticket of a customer that was given to somebody else is where it shouldn't be, or not where it should")
	}
	for path, want := range map[string]int{"/api/v1/tickets/" + k.no: 404, "/api/v1/desk/tickets?limit=1": 200, "/v2/servicerequest/cases/" + k.no + "?group_id=g": 404} {
		if got := s.status(t, manager, path); got != want {
			t.Errorf("%s by the former account manager: %d, want %d", path, got, want)
		}
	}
}
