package e2e

import (
	"net/url"
	"testing"
)

func TestAnApplicationIsReturnedCorrectedRejectedAndRepeated(t *testing.T) {
	t.Parallel()
	w := world(t)
	partner, reviewer := w.As("service_partner_admin"), w.As("vendor_reviewer").Speak("en")
	app := partner.submit("three-star")
	at := review(app)
	reviewer.Get(at).Want(200).Send("form[action$='/start']", nil).Want(200)

	ask := reviewer.Get(at + "/return").Want(200)
	refused := ask.Send("main form[action$='/return']", nil).Want(422)
	if !refused.Has(".summary a") {
		t.Errorf("a return without a reason says only: %s", refused.Text("main"))
	}
	const reason = "The telephone of the service manager belongs to another company."
	ask.Send("main form[action$='/return']", url.Values{"reason:form.manager_phone": {reason}}).Want(200)
	w.Drain()

	partner.Get("/messages").Want(200).See("correct")
	status := partner.Get(app).Want(200).See(reason)
	if !status.Has("#reasons a[href='" + app + "/form#f-form-manager_phone']") {
		t.Errorf("the reason doesn't lead to the entry it's about: %s", status.Text("#reasons"))
	}
	form := partner.Get(app + "/form").Want(200).See(reason)
	form.Send("main form[action$='/form']", url.Values{"form.manager_phone": {"+66 2 555 0199"}, "then": {"next"}}).Want(200)
	partner.Get(app+"/check").Want(200).Send("form[action$='/submit']", url.Values{"truthful": {"on"}}).Want(200).See("submitted")
	w.Drain()

	back := reviewer.Get(at).Want(200).See("+66 2 555 0199")
	if back.Has("form[action$='/start']") {
		back.Send("form[action$='/start']", nil).Want(200)
	}
	const never = "Two of the engineers are employed elsewhere."
	reviewer.Get(at+"/reject").Want(200).Send("main form[action$='/reject']", url.Values{"reason:": {never}}).Want(200)
	w.Drain()

	partner.Get("/messages").Want(200).See("rejected")
	again := partner.Get(app).Want(200).See(never).Send("form[action$='/repeat']", nil).Want(200)
	if again.Path == app {
		t.Fatal("applying again leads to the rejected application")
	}
	// The new draft begins with everything of the old one: form, files, and why it was rejected.
	partner.Get(again.Path).Want(200).See(never)
	check := partner.Get(again.Path+"/check").Want(200).See("+66 2 555 0199", "copy.pdf")
	check.Send("form[action$='/submit']", url.Values{"truthful": {"on"}}).Want(200)
	w.Drain()
	reviewer.Get("/reviews").Want(200)
	reviewer.Get(review(again.Path)).Want(200).See("copy.pdf")
}
