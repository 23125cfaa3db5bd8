package osm

import (
	"strconv"

	"hanse/internal/kit/i18n"
)

// Diagnoses examine a customer's cloud servers and databases. This program reaches none: nothing is begun, lists are
// empty, and every job is unavailable.

const unavailable = 8

func createDiagnoseJob(*call) (any, error) {
	return nil, business(codeFailed, i18n.M("osm.no_diagnosis"))
}

func listDiagnoseJob(c *call) (any, error) {
	f := c.query()
	id, err := strconv.ParseInt(f.arg("job_id", mostID), 10, 32)
	if err != nil {
		id = 0 // clients read a number
	}
	return struct {
		Status int    `json:"status"`
		ID     int64  `json:"job_id"`
		Domain string `json:"domain_id"`
		Items  none   `json:"items_result"`
	}{unavailable, id, c.by.Account, none{}}, f.err()
}

func listDiagnoseItems(*call) (any, error) {
	return struct {
		Items none `json:"item_results"`
	}{none{}}, nil
}

func listDiagnoseRecords(c *call) (any, error) {
	f := c.query()
	f.within("page_size", 0, mostPage)
	f.within("page_no", 0, mostOffset)
	return struct {
		Total int  `json:"total_count"`
		List  none `json:"records"`
	}{0, none{}}, f.err()
}

func listDiagnoseResources(*call) (any, error) {
	return struct {
		Total int  `json:"total_count"`
		List  none `json:"result"`
	}{0, none{}}, nil
}

func createDiagnoseFeedback(*call) (any, error) {
	return nil, business(codeFailed, i18n.M("osm.no_diagnosis"))
}
