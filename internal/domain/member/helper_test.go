package member_test

import (
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/login"
)

func loginOf(email string) login.SignIn { return login.SignIn{Name: email, Password: fixture.Password} }
