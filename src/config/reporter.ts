// Notes what is wrong at a place of the file, with the code's area.
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { positionOf, positionOfKey, type YamlFile, type YamlPath } from '../diagnostics/yaml.ts'

export type Report = (
  code: string,
  message: string,
  path: YamlPath,
  help?: string,
  mark?: 'key' | 'value',
  severity?: Diagnostic['severity'],
) => void

/** @param found gets the diagnostics */
export function reporter(yaml: YamlFile, found: Diagnostic[]): Report {
  return (code, message, path, help, mark = 'value', severity = 'error') => {
    const position = mark === 'key' ? positionOfKey(yaml, path) : positionOf(yaml, path)
    found.push({
      code: `config/${code}`,
      severity,
      message,
      file: yaml.file,
      ...(position === undefined ? {} : { position }),
      ...(help === undefined ? {} : { help }),
    })
  }
}
