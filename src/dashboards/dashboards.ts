// All dashboards that there are. The committed files in dashboards/ are these.
import { activity } from './activity.ts'
import { overview } from './overview.ts'
import type { DashboardSpec } from './spec.ts'

export const dashboards: readonly DashboardSpec[] = [overview, activity]
