package bss

import (
	"testing"

	"hanse/internal/domain/product"
	"hanse/internal/domain/rate"
)

func TestTheBestOfferTakesOffMostAndCommercialGoesFirst(t *testing.T) {
	for _, x := range []struct {
		in   []wireOptional
		want int
	}{
		{nil, -1},
		{[]wireOptional{{Discount: 1, Type: 607}, {Discount: 2, Type: 606}, {Discount: 1, Type: 605}}, 1},
		{[]wireOptional{{Discount: 2, Type: 606}, {Discount: 2, Type: 605}}, 1},
		{[]wireOptional{{Discount: 2, Type: 605}, {Discount: 2, Type: 606}}, 0},
	} {
		if got := bestOf(x.in); got != x.want {
			t.Errorf("bestOf(%+v) = %d, want %d", x.in, got, x.want)
		}
	}
}

func TestDiscountsHaveTheirNumbersOnTheWire(t *testing.T) {
	for _, x := range []struct {
		in    rate.Discount
		mode  int32
		value string
	}{
		{rate.Discount{Mode: rate.Ratio, Ratio: 1250}, 0, "0.125"},
		{rate.Discount{Mode: rate.Fixed, Minor: 800_000}, 1, ""},
		{rate.Discount{Mode: rate.Off, Minor: 50_050}, 2, "500.50"},
	} {
		if mode, value := offerMode(x.in); mode != x.mode || value != x.value {
			t.Errorf("offerMode(%+v) = %d %q, want %d %q", x.in, mode, value, x.mode, x.value)
		}
	}
	for kind, want := range map[product.OfferKind]int32{product.Promotion: 0, product.Commercial: 2, product.Contract: 3, product.PartnerRatio: 3} {
		if got := offerType(kind); got != want {
			t.Errorf("offerType(%s) = %d, want %d", kind, got, want)
		}
	}
}

func TestASpecificationIsALevelInSmallLetters(t *testing.T) {
	for _, l := range []rate.Level{rate.Standard, rate.Premium} {
		if got, ok := levelOf(specOf(l)); got != l || !ok {
			t.Errorf("levelOf(%s) = %s, %v", specOf(l), got, ok)
		}
	}
	for _, spec := range []string{"supportplan.basic", "STANDARD", "supportplan.", ""} {
		if l, ok := levelOf(spec); ok {
			t.Errorf("levelOf(%q) = %s, want nothing", spec, l)
		}
	}
}
