package app

import "context"

// modules makes the business modules, lowest rank first, and registers their subscribers, jobs and schedules.
func (a *App) modules(_ context.Context) error {
	return nil
}
