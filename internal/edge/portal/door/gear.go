package door

import (
	"context"

	"hanse/internal/kit/i18n"
)

// Gear names a piece of a laboratory; a code that is none stands for itself.
func Gear(ctx context.Context, code string) string {
	switch code {
	case "cloud-lab":
		return i18n.T(ctx, "company.gear.cloud_lab")
	case "high-end-router":
		return i18n.T(ctx, "company.gear.high_end_router")
	case "router":
		return i18n.T(ctx, "company.gear.router")
	case "layer-3-switch":
		return i18n.T(ctx, "company.gear.switch")
	case "ac":
		return i18n.T(ctx, "company.gear.ac")
	case "ap":
		return i18n.T(ctx, "company.gear.ap")
	}
	return code
}
