// `npm run generate`: writes what is made from other sources of the project: the schemas for editors, the metadata of
// phone numbers, the dashboards, and the marked parts of the documentation.
import { writeFileSync } from 'node:fs'
import { dashboardFiles } from './generate-dashboards.ts'
import { docFiles } from './generate-docs.ts'
import { generatePhoneMetadata } from './generate-phone-metadata.ts'
import { schemaFiles } from './generate-schemas.ts'

generatePhoneMetadata()
for (const [path, text] of Object.entries({ ...schemaFiles(), ...dashboardFiles(), ...(await docFiles()) }))
  writeFileSync(new URL(`../${path}`, import.meta.url), text)
