package calendar

import (
	_ "embed"
	"fmt"
	"sync"
	"time"

	"github.com/goccy/go-yaml"
)

// Holidays are the exceptions to the week: days off and make-up working days,
// with the years for which the list is complete. The zero value has none.
type Holidays struct {
	years    map[int]bool
	off      map[Day]string
	workdays map[Day]bool
	fixed    map[string]bool // "01-01", in years that are not complete
}

// longestHoliday bounds one entry of a holiday file; a longer one is a typing
// error in its year.
const longestHoliday = 31

type holidayFile struct {
	Years    []int          `yaml:"years"`
	Holidays []holidayEntry `yaml:"holidays"`
	Workdays []Day          `yaml:"workdays"`
	Fixed    []string       `yaml:"fixed"`
}

type holidayEntry struct {
	Name string `yaml:"name"`
	From Day    `yaml:"from"`
	To   Day    `yaml:"to"`
}

// ParseHolidays reads a holiday file in YAML: `years` that are complete,
// `holidays` with `name`, `from` and `to` (empty: one day), `workdays`, the
// make-up days, and `fixed`, dates such as "05-01" that are off in every year
// not listed. It refuses unknown keys and days outside the listed years.
func ParseHolidays(b []byte) (Holidays, error) {
	var f holidayFile
	if err := yaml.UnmarshalWithOptions(b, &f, yaml.Strict()); err != nil {
		return Holidays{}, fmt.Errorf("holiday file: %w", err)
	}
	h := Holidays{years: map[int]bool{}, off: map[Day]string{}, workdays: map[Day]bool{}, fixed: map[string]bool{}}
	for _, y := range f.Years {
		h.years[y] = true
	}
	for _, e := range f.Holidays {
		if err := h.addHoliday(e); err != nil {
			return Holidays{}, fmt.Errorf("holiday file: %w", err)
		}
	}
	for _, d := range f.Workdays {
		if err := h.addWorkday(d); err != nil {
			return Holidays{}, fmt.Errorf("holiday file: %w", err)
		}
	}
	for _, date := range f.Fixed {
		if _, err := time.Parse("01-02", date); err != nil {
			return Holidays{}, fmt.Errorf("holiday file: fixed date %q is not like 05-01", date)
		}
		h.fixed[date] = true
	}
	return h, nil
}

func (h Holidays) addHoliday(e holidayEntry) error {
	if e.To == None {
		e.To = e.From
	}
	if e.Name == "" || e.From == None || e.To < e.From || e.To-e.From >= longestHoliday {
		return fmt.Errorf("holiday %q from %s to %s: needs a name and at most %d days in order", e.Name, e.From, e.To, longestHoliday)
	}
	for d := e.From; d <= e.To; d++ {
		if !h.inYears(d) {
			return fmt.Errorf("holiday %q on %s: its year is not listed under years", e.Name, d)
		}
		h.off[d] = e.Name
	}
	return nil
}

func (h Holidays) addWorkday(d Day) error {
	if d == None || !h.inYears(d) {
		return fmt.Errorf("workday %s: its year is not listed under years", d)
	}
	if h.off[d] != "" {
		return fmt.Errorf("workday %s: is also the holiday %q", d, h.off[d])
	}
	h.workdays[d] = true
	return nil
}

func (h Holidays) inYears(d Day) bool {
	year, _, _ := d.Split()
	return h.years[year]
}

// isOff says that d is no working day, whatever its weekday.
func (h Holidays) isOff(d Day) bool {
	if h.off[d] != "" {
		return true
	}
	return len(h.fixed) > 0 && !h.inYears(d) && h.fixed[d.utc().Format("01-02")]
}

// Covers says that the list is complete for the year.
func (h Holidays) Covers(year int) bool { return h.years[year] }

// Name is the holiday on d, or empty.
func (h Holidays) Name(d Day) string { return h.off[d] }

//go:embed china.yaml
var chinaFile []byte

// China is the shipped list of public holidays and make-up days of mainland
// China. It is data to be maintained: the State Council announces each year in
// the autumn before, and an operator's own file replaces it.
var China = sync.OnceValue(func() Holidays {
	h, err := ParseHolidays(chinaFile)
	if err != nil {
		panic(err) // the file is part of the binary and read by a test
	}
	return h
})

// Standard is the shipped working calendar: Monday to Friday in OfficeHours
// with the holidays of China.
func Standard() *Working {
	w, err := NewWorking(OfficeWeek(OfficeHours()...), China())
	if err != nil {
		panic(err) // constant input, built by a test
	}
	return w
}
