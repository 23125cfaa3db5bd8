package ui

import "strings"

// FormView is a form. Errors come from the server and stand in a summary above the fields; repeat each at its
// field with FieldView.Error, in the same words.
type FormView struct {
	ID        string
	Action    string
	Method    string // "post" when empty
	Multipart bool   // has file fields
	Errors    []FieldError
	Hidden    [][2]string
	Wide      bool // fields may use the full width, not only 480 px
}

// FieldError is one refused entry of a form; an empty Name is about the form as a whole.
type FieldError struct {
	Name string
	Text string
}

// An Option is one choice of a select, of radios, or of checkboxes.
type Option struct {
	Value    string
	Label    string
	Hint     string // radios and checkboxes only
	Disabled bool
}

// Width is how long an entry is expected to be.
type Width string

// The widths of an entry field: the whole line, a date or number, a short code.
const (
	Full   Width = ""
	Medium Width = "w-m"
	Short  Width = "w-s"
)

// FieldView is one entry of a form. Name and Label are required; the rest is as needed.
type FieldView struct {
	Name  string
	Label string
	Hint  string
	Value string
	Error string
	// Type is that of an input: text when empty, email, password, tel, number, date, month, url, search.
	Type         string
	Required     bool // others are marked as optional
	Autocomplete string
	InputMode    string
	MaxLen       int
	Min          string
	Max          string
	Step         string
	Width        Width
	ReadOnly     bool
	Rows         int      // Textarea
	Accept       string   // File: ".csv,.xlsx"
	Multiple     bool     // File
	Options      []Option // Select, Radios, Checkboxes
	Values       []string // Checkboxes: those that are ticked
	Blank        string   // Select: label of the empty choice; none when empty and Value is set
	Inline       bool     // Radios, Checkboxes: side by side
	Checked      bool     // Checkbox
	Unmarked     bool     // doesn't say that it's optional: the form as a whole does
	Form         string   // id of the form that it belongs to, when it stands outside of it
}

// id is the field's id, which the error summary links to.
func (v FieldView) id() string {
	if v.Form != "" {
		return "f-" + slug(v.Form) + "-" + slug(v.Name) // beside a form with a field of the same name
	}
	return "f-" + slug(v.Name)
}

// about lists the ids of what describes the field: its hint and its error.
func (v FieldView) about() string {
	var ids []string
	if v.Hint != "" {
		ids = append(ids, "h-"+slug(v.Name))
	}
	if v.Error != "" {
		ids = append(ids, "e-"+slug(v.Name))
	}
	return strings.Join(ids, " ")
}

// optionID is the id of the i-th choice. The first has the field's own id, so that the error summary leads to it.
func (v FieldView) optionID(i int) string {
	if i == 0 {
		return v.id()
	}
	return v.id() + "-" + itoa(i)
}

func (v FieldView) chosen(value string) bool {
	for _, x := range v.Values {
		if x == value {
			return true
		}
	}
	return len(v.Values) == 0 && v.Value != "" && v.Value == value
}

// FiltersView is the bar above a list: a GET form, so that the filter is in the address.
type FiltersView struct {
	Action string
	// Target is the id of the list's section. With it, and with scripts, the list follows every change at once.
	Target string
	Fields []FieldView // Type "search" is an input, one with Options a select, "date" and "month" inputs
	Hidden [][2]string // what the address keeps besides
	Clear  string      // address without any filter; shown when a filter is set
	Apply  string      // label of the button; the usual word when empty
}

func (v FiltersView) target() string { return "#" + v.Target }
