// `npm run generate`: writes what is made from other sources of the project: the schemas for editors, the metadata of
// phone numbers, the rules for well-known attributes, the dashboards, and the marked parts of the documentation.
import { writeFileSync } from 'node:fs'
import { dashboardFiles } from './generate-dashboards.ts'
import { docFiles } from './generate-docs.ts'
import { generateMeasured } from './generate-measured.ts'
import { generatePhoneMetadata } from './generate-phone-metadata.ts'
import { schemaFiles } from './generate-schemas.ts'
import { wellKnownFiles } from './generate-well-known.ts'

const write = (files: Readonly<Record<string, string>>): void => {
  for (const [path, text] of Object.entries(files)) writeFileSync(new URL(`../${path}`, import.meta.url), text)
}

generatePhoneMetadata()
generateMeasured()
// The documentation is made from the rules, this layer among them.
write(wellKnownFiles())
write({ ...schemaFiles(), ...dashboardFiles(), ...(await docFiles()) })
