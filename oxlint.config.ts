// Lint rules. The table below is the architecture: which folder of src/ may import from which. A new folder may import
// nothing, and be imported by nothing, until it has a row.
import { defineConfig } from 'oxlint'

/** The table; test/architecture.test.ts holds src/ to it as well. */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
  otlp: [],
  detectors: [],
  diagnostics: [],
  events: [],
  telemetry: [],
  backends: ['otlp'],
  dashboards: [],
  tls: [],
  sqlite: [],
  actions: ['detectors', 'telemetry'],
  patterns: ['detectors'],
  pipeline: ['otlp'],
  queue: ['pipeline', 'otlp', 'sqlite', 'telemetry'],
  ruleset: ['actions', 'detectors', 'otlp', 'diagnostics', 'events', 'patterns'],
  metrics: ['pipeline', 'otlp', 'ruleset', 'sqlite'],
  processors: ['pipeline', 'otlp', 'ruleset', 'actions', 'detectors', 'events', 'patterns', 'telemetry'],
  leak: ['detectors', 'otlp', 'patterns', 'processors', 'ruleset'],
  cases: ['diagnostics', 'otlp', 'pipeline', 'processors', 'ruleset'],
  receivers: ['pipeline', 'otlp', 'telemetry', 'tls'],
  exporters: ['pipeline', 'queue', 'otlp', 'telemetry', 'tls', 'backends'],
  config: ['ruleset', 'diagnostics', 'otlp', 'tls', 'backends'],
  reload: ['cases', 'diagnostics', 'receivers', 'ruleset', 'telemetry'],
  commands: [
    'actions',
    'backends',
    'cases',
    'config',
    'dashboards',
    'detectors',
    'diagnostics',
    'events',
    'exporters',
    'leak',
    'metrics',
    'otlp',
    'pipeline',
    'processors',
    'queue',
    'receivers',
    'reload',
    'ruleset',
    'telemetry',
    'tls',
  ],
}

const folders = Object.keys(mayImport)

export default defineConfig({
  plugins: ['typescript', 'import', 'unicorn', 'oxc'],
  categories: { correctness: 'error', suspicious: 'error', perf: 'error' },
  rules: {
    'import/no-cycle': ['error', { ignoreTypes: false }],
    'no-await-in-loop': 'off',
    'no-shadow': 'off',
    'no-underscore-dangle': 'off',
    'no-map-spread': 'off',
    'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    // Noise here: assertions stand at checked boundaries, and interfaces of plain functions have no `this`.
    'typescript/no-unsafe-type-assertion': 'off',
    'typescript/unbound-method': 'off',
    'typescript/no-misused-spread': 'off',
    'unicorn/no-array-sort': 'off',
    'unicorn/consistent-function-scoping': 'off',
  },
  overrides: folders.map((folder) => ({
    files: [`src/${folder}/**`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: folders
            .filter((other) => other !== folder && !mayImport[folder].includes(other))
            .map((other) => ({
              group: [`**/${other}/**`],
              message: `src/${folder} may not import src/${other}: see the table in oxlint.config.ts`,
            })),
        },
      ],
    },
  })),
  ignorePatterns: ['dist', 'node_modules'],
})
