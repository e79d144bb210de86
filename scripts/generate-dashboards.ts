// Writes dashboards/: what `automagik-gateway dashboards` writes, committed.
import { writeFileSync } from 'node:fs'
import { dashboardText } from '../src/dashboards/build.ts'
import { dashboards } from '../src/dashboards/dashboards.ts'

/** Path in the repository → text. */
export function dashboardFiles(): Record<string, string> {
  return Object.fromEntries(dashboards.map((spec) => [`dashboards/${spec.uid}.json`, dashboardText(spec)]))
}

if (import.meta.main) {
  for (const [path, content] of Object.entries(dashboardFiles()))
    writeFileSync(new URL(`../${path}`, import.meta.url), content)
}
