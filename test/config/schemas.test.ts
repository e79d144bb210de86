import { readFileSync } from 'node:fs'
import Ajv2020 from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { schemaFiles } from '../../scripts/generate-schemas.ts'
import { initFiles } from '../../src/config/init-files.ts'

const root = new URL('../../', import.meta.url)

describe('the schemas for editors', () => {
  it.each(Object.entries(schemaFiles()))('%s is what the declaration says (npm run generate)', (path, text) => {
    expect(readFileSync(new URL(path, root), 'utf8')).toBe(text)
  })

  const ajv = new Ajv2020.default({ strict: false, formats: { date: true } })
  const [config, ruleset] = Object.values(schemaFiles()).map((text) => ajv.compile(JSON.parse(text) as object))

  it('take the files that are shipped', () => {
    for (const file of [
      'automagik',
      'builtin/base',
      'builtin/repair',
      'builtin/semconv',
      'builtin/automagik-legacy',
      'builtin/metrics',
    ]) {
      expect([
        file,
        ruleset(parse(readFileSync(new URL(`rulesets/${file}.yaml`, root), 'utf8'))),
        ruleset.errors,
      ]).toEqual([file, true, null])
    }
    expect([config(parse(initFiles['gateway.yaml'])), config.errors]).toEqual([true, null])
  })

  it('take a variable for a number', () => {
    const exporter = (consumers: unknown) => ({
      exporters: { 'otlp_http/x': { sending_queue: { num_consumers: consumers } } },
    })
    expect([exporter(3), exporter('${env:N:-3}'), exporter('three')].map((value) => config(value))).toEqual([
      true,
      true,
      false,
    ])
  })

  it.each([{ exporters: { otlphttp: {} } }, { exporters: { debug: { verbos: 1 } } }, { recievers: {} }, { admin: 1 }])(
    'refuse %j',
    (value) => {
      expect(config(value)).toBe(false)
    },
  )
})
