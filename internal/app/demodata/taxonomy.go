package demodata

import (
	"errors"

	"hanse/internal/domain/taxonomy"
	"hanse/internal/kit/i18n"
)

// ticketsAreDescribed is what the vendor makes of the shipped set: a region of its own, a field that it asks for, a
// product that it doesn't sell.
func (s *story) ticketsAreDescribed() {
	support := s.admins["vendor_support"]
	s.do("offer a region", func() error {
		_, err := s.Taxonomy.Save(s.ctx, support, taxonomy.Entry{Kind: taxonomy.RegionKind, ID: "eu-north-1", Edition: taxonomy.Fresh, Place: 175,
			Names: taxonomy.Names{EN: "Vilnius", ZH: "维尔纽斯"}, Attributes: taxonomy.Attributes{RegionType: 2}})
		return err
	})
	s.do("ask for a change number", func() error {
		_, err := s.Taxonomy.Save(s.ctx, support, taxonomy.Entry{Kind: taxonomy.FieldKind, ID: "change_number", Edition: taxonomy.Fresh, Place: 200,
			Names: taxonomy.Names{EN: "Change number", ZH: "变更单号"}, Notes: taxonomy.Names{EN: "If the fault began with a planned change", ZH: "如故障由计划内变更引起，请填写"},
			Attributes: taxonomy.Attributes{ProblemTypes: []string{taxonomy.TechFault, taxonomy.HardwareFault}, Length: 32}})
		return err
	})
	s.do("retire a product", func() error {
		set, err := s.Taxonomy.View(s.ctx, support)
		if err != nil {
			return err
		}
		for _, p := range set.Products() {
			if i18n.Text(i18n.English, p.Msg()) == "Blade systems" {
				return s.Taxonomy.Retire(s.ctx, support, taxonomy.ProductKind, p.ID, 0)
			}
		}
		return errors.New("no such product")
	})
}
