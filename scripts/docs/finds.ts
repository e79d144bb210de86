// The detectors, what the shipped rules make of a find of each, and the places that rules can speak of.
import { createEngine } from '../../src/processors/engine.ts'
import { detectorIds, detectorTable, type DetectorId } from '../../src/detectors/detector.ts'
import { contexts } from '../../src/otlp/fields.ts'
import { namePlaces } from '../../src/otlp/ops.ts'
import { keyIdOf } from '../../src/ruleset/keys.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'
import { allPlaces } from '../../src/ruleset/selectors.ts'
import { code, codes, item, table } from './markdown.ts'

/** A made-up text with one find of each detector. */
const samples: Readonly<Record<DetectorId, string>> = {
  email: 'write to ana@example.com',
  phone: 'call +55 11 91234-5678',
  'whatsapp-jid': 'from 5511912345678@s.whatsapp.net',
  'credit-card': 'paid with 4111 1111 1111 1111',
  iban: 'to DE89 3704 0044 0532 0130 00',
  cpf: 'CPF 529.982.247-25',
  cnpj: 'CNPJ 11.222.333/0001-81',
  'us-ssn': 'SSN 536-22-1234',
  ipv4: 'from 203.0.113.9',
  ipv6: 'from 2001:db8::8a2e:370:7334',
  mac: 'device 3c:22:fb:7a:9d:01',
  jwt: 'got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJlLW9mLXRoaXMtdG9rZW4',
  'api-key': 'api_key=Zk3vQ9xT2mB7cL5wR8',
  'private-key': '-----BEGIN PRIVATE KEY----- MIIBVAIBADANBgkqhkiG9w0B -----END PRIVATE KEY-----',
  'url-credentials': 'postgres://app:Zk3vQ9xT2m@db:5432/app',
  'home-path': 'open /home/ana/notes.txt',
}

export function detectorsTable(): string {
  const rows = detectorIds.map((id) => {
    const { description, class: className, kind } = detectorTable[id]
    return [code(id), description.replaceAll('\\\\', '\\'), code(className), code(kind)]
  })
  return table(['detector', 'finds', 'class', '`{kind}`'], rows)
}

/** What the shipped rules make of the samples, with the digits of pseudonyms left out. */
export function findsTable(): string {
  const engine = shippedEngine()
  const rows = detectorIds.map((id) => {
    const { length } = samples[id]
    const sent = length > 60 ? `${samples[id].slice(0, 34)}…${samples[id].slice(-20)}` : samples[id]
    return [code(id), code(sent), code(shortened(engine.text(samples[id]) ?? ''))]
  })
  return table(['detector', 'sent', 'leaves'], rows)
}

function shippedEngine(): ReturnType<typeof createEngine> {
  const bytes = new Uint8Array(32).fill(7)
  const { program } = loadRuleset({ key: { id: keyIdOf(bytes), bytes }, env: {} })
  if (program === undefined) throw new Error('the shipped ruleset does not load')
  return createEngine(program)
}

const shortened = (text: string): string => text.replace(/hm:k[0-9a-f]{6}:[0-9a-f]{16}/g, 'hm:…')

export function placesList(): string {
  const attributes = contexts.map((context) => `${context}.${context === 'metric' ? 'metadata' : 'attributes'}`)
  const names = allPlaces.filter((place) => namePlaces.has(place))
  const texts = allPlaces.filter(
    (place) => !names.includes(place) && !attributes.includes(place) && place !== 'log.body',
  )
  return [
    item(`names, where a find becomes \`{kind}\`: ${codes(names)}`),
    item(`other text: ${codes(texts)}`),
    item(`the log body: ${code('log.body')}`),
    item(`attributes, all of a context: ${codes(attributes)}`),
  ].join('\n')
}
