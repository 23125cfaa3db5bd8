package site

import "hanse/internal/kit/i18n"

var tooLarge = i18n.M("site.form.too_large")
