// Every code of rulesets, each with a file that earns it.
import type { ErrorExample } from './error-example.ts'
import { conventionErrors } from './convention-errors.ts'
import { eventErrors } from './event-errors.ts'

const head = `version: 1
name: mine
extends: [builtin:automagik]
`

const manyDetectors = (letter: string): string => `version: 1
name: ${letter}
detectors:
  custom:
${Array.from({ length: 60 }, (_, index) => `    - { id: ${letter}-${index}, pattern: '${letter}:\\w+', class: internal, tests: { match: ['${letter}:x'], miss: [x] } }`).join('\n')}
`

export const rulesetErrors: readonly ErrorExample[] = [
  {
    name: 'unreadable',
    yaml: `version: 1
name: mine
extends: [team.yaml]
`,
    mend: 'Name a file that is there and may be read. It is looked for beside the file that names it.',
  },
  {
    name: 'syntax',
    yaml: `${head}rules:
  - {id: notes, attr: [note], class: content
`,
    mend: 'Mend the YAML. The place is where the reader noticed; the cause may be above it.',
  },
  {
    name: 'unknown-key',
    yaml: `${head}rules:
  - { id: notes, atr: [note], class: content }
`,
    mend: 'Write one of the keys that the message names.',
  },
  {
    name: 'missing-key',
    yaml: `${head}rules:
  - { id: notes, attr: [note] }
`,
    mend: 'Add the key.',
  },
  {
    name: 'missing-value',
    yaml: `${head}rules:
  - id: notes
    attr: [note]
    class:
`,
    mend: 'Give the key a value, or take it out.',
  },
  {
    name: 'wrong-type',
    yaml: `${head}rules:
  - { id: notes, attr: 42, class: content }
`,
    mend: 'Write a value of the type that the message names.',
  },
  {
    name: 'wrong-value',
    yaml: `${head}classes:
  person: maskk
`,
    mend: 'Write one of the values, or a value of the form, that the message names.',
  },
  {
    name: 'unknown-layer',
    yaml: `version: 1
name: mine
extends: [builtin:automagic]
`,
    mend: 'Extend one of the layers that the message names, or a file.',
  },
  {
    name: 'cycle',
    yaml: `version: 1
name: mine
extends: [team.yaml]
`,
    files: { 'team.yaml': 'version: 1\nname: team\nextends: [ruleset.yaml]\n' },
    mend: 'Take one of the `extends` out.',
  },
  {
    name: 'unknown-class',
    yaml: `${head}rules:
  - { id: notes, attr: [note], class: contents }
`,
    mend: 'Use a class that is there, or define it under `classes`.',
  },
  {
    name: 'unknown-path',
    yaml: `${head}rules:
  - { id: status, path: span.status.text, class: content }
`,
    mend: 'Write one of the [places](write-a-rule.md#places).',
  },
  {
    name: 'odd-name',
    yaml: `${head}rules:
  - { id: ids, attr: ['(user|member)_no'], class: user.id }
`,
    mend: 'A warning: the ruleset loads, and the name is matched character by character.',
  },
  {
    name: 'idle-in',
    yaml: `${head}rules:
  - { id: status, path: span.status.message, in: [span], class: content }
`,
    mend: 'Take `in` out, or select by `attr`.',
  },
  {
    name: 'unknown-service',
    yaml: `${head}rules:
  - { id: notes, attr: [note], service: [omny], class: content }
`,
    mend: 'Mend the name, or declare the service under `conventions.services`.',
  },
  {
    name: 'duplicate-rule',
    yaml: `${head}rules:
  - { id: notes, attr: [crm_note], class: content }
  - { id: notes, attr: [crm_remark], class: content }
`,
    mend: 'Give each rule an id of its own. An id of a layer below counts as well.',
  },
  {
    name: 'conflict',
    yaml: `${head}rules:
  - { id: contacts, attr: [office_contact], class: phone }
  - { id: offices, attr: ['office_*'], class: email }
`,
    mend: 'Two actions of one strictness: neither wins. Decide for one, or for a stricter one.',
  },
  {
    name: 'idle-rule',
    yaml: `${head}rules:
  - { id: build, attr: [build.number], class: public }
`,
    mend: 'A warning: the ruleset loads. To loosen, write an [exception](write-a-rule.md#loosen-a-field).',
  },
  {
    name: 'expired-exception',
    yaml: `${head}exceptions:
  - attr: [build.number]
    class: public
    reason: a number of ours
    owner: platform
    expires: 2026-06-30
`,
    mend: 'A warning: the ruleset loads, the exception does not hold. Renew it, or take it out.',
  },
  {
    name: 'open',
    yaml: `${head}defaults:
  body: public
`,
    mend:
      'Said by `check`; such a ruleset starts. Let the detectors look (`internal`), or write an exception with a reason ' +
      'and an owner: the closure then says `excepted`. See [Prove it: the contract](contract.md).',
  },
  {
    name: 'unknown-ring',
    yaml: `${head}classes:
  user.id: { hash: { key: pseudonim } }
`,
    mend: 'Name a ring under `keys`. The ring `pseudonym` is always there.',
  },
  {
    name: 'unknown-key-id',
    yaml: `${head}keys:
  pseudonym:
    active: k2
    ring:
      k1: { env: GATEWAY_PSEUDONYM_K1 }
`,
    env: { GATEWAY_PSEUDONYM_K1: 'base64:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=' },
    mend: 'Make a key of the ring active, or add the key to the ring.',
  },
  {
    name: 'old-key-active',
    yaml: `${head}keys:
  pseudonym:
    active: k1
    ring:
      k1: { env: GATEWAY_PSEUDONYM_K1, lookup_only: true }
`,
    env: { GATEWAY_PSEUDONYM_K1: 'base64:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=' },
    mend: 'New pseudonyms need a key that is not only looked up. Make another one active.',
  },
  {
    name: 'old-key',
    yaml: `${head}keys:
  pseudonym:
    active: k2
    ring:
      k1: { env: GATEWAY_PSEUDONYM_K1, lookup_only: true, until: 2024-12-31 }
      k2: { env: GATEWAY_PSEUDONYM_K1 }
`,
    env: { GATEWAY_PSEUDONYM_K1: 'base64:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=' },
    mend: 'A warning. When no data made with the key comes by any more, take it out of the ring.',
  },
  {
    name: 'key-unreadable',
    yaml: `${head}keys:
  pseudonym:
    active: k1
    ring:
      k1: { env: GATEWAY_PSEUDONYM_K1 }
`,
    mend: 'Set the variable, or name a file that may be read. Base64 stands behind `base64:`.',
  },
  {
    name: 'key-too-short',
    yaml: `${head}keys:
  pseudonym:
    active: k1
    ring:
      k1: { env: GATEWAY_PSEUDONYM_K1 }
`,
    env: { GATEWAY_PSEUDONYM_K1: 'change-me' },
    mend: 'Make a key of 32 random bytes. A short one can be guessed.',
  },
  {
    name: 'pseudonym-length',
    yaml: `${head}classes:
  customer: { hash: { key: pseudonym, chars: 32 } }
`,
    mend: 'Use one length everywhere: a pseudonym is told from other text by its exact length.',
  },
  {
    name: 'unkeyed-hash',
    yaml: `${head}classes:
  user.id: { hash: { method: sha256 } }
`,
    mend: 'A warning: the ruleset loads. Use a key, unless the hashes must equal those of other systems.',
  },
  ...conventionErrors,
  {
    name: 'duplicate-metric',
    yaml: `${head}metrics:
  derived:
    - { name: automagik.events, from: event, count: true, by: [channel] }
`,
    mend: 'Name it otherwise. Points and underscores are one in Prometheus. To replace one of a layer below, turn that one off.',
  },
  {
    name: 'unknown-metric',
    yaml: `${head}metrics:
  off: [automagik.event]
`,
    mend: 'Name a derived metric of a layer below, or take it out.',
  },
  {
    name: 'identifying-label',
    yaml: `${head}metrics:
  derived:
    - { name: shop.orders, from: event, count: true, by: [user.id] }
`,
    mend: 'Leave the label out. Whom an event is about can be asked of traces and logs, by the pseudonym.',
  },
  {
    name: 'duplicate-label',
    yaml: `${head}metrics:
  derived:
    - { name: shop.orders, from: event, count: true, by: [error.type, error_type] }
`,
    mend: 'Take one of the two out.',
  },
  {
    name: 'distinct-lost',
    yaml: `${head}metrics:
  derived:
    - { name: shop.prompts, from: event, distinct: prompt, window: 1h, by: [] }
`,
    mend: 'Count by an attribute that becomes a pseudonym: `user.id`, `session.id`, or one that a rule gives the class `user.id`.',
  },
  {
    name: 'renamed-label',
    yaml: `${head}metrics:
  derived:
    - { name: shop.requests, from: event, count: true, by: [status_code] }
`,
    mend: 'A warning: the ruleset loads, the label stays empty. Write the canonical name.',
  },
  {
    name: 'unknown-name',
    yaml: `${head}metrics:
  derived:
    - { name: shop.refusals, from: event, count: true, where: { event.name: automagik.eror }, by: [service_nam] }
`,
    mend: 'A warning: the ruleset loads, the metric never begins or its label stays empty. Write the name as the event has it.',
  },
  {
    name: 'bad-pattern',
    yaml: `${head}detectors:
  custom:
    - { id: order, pattern: 'ORD-(\\d{6}', class: internal, tests: { match: [ORD-123456], miss: [ORD-1] } }
`,
    mend: 'Write a regular expression of RE2. It must match at least one character, and not what replaces a find.',
  },
  {
    name: 'detector-example',
    yaml: `${head}detectors:
  custom:
    - { id: order, pattern: 'ORD-\\d{6}', class: user.id, tests: { match: [ORD-12345], miss: [ORD-1] } }
`,
    mend: 'Mend the pattern, or the example. Examples are for everyone to read: make them up.',
  },
  {
    name: 'slow-pattern',
    yaml: `${head}detectors:
  custom:
    - { id: plate, pattern: '\\b[A-Z]{3}\\d[A-Z]\\d{2}\\b', class: identity, tests: { match: [BRA2E19], miss: [BRA] } }
`,
    mend: 'A warning. The pattern is correct; where much text comes through, give it something to look for first.',
  },
  {
    name: 'duplicate-detector',
    yaml: `${head}detectors:
  custom:
    - { id: email, pattern: 'mail:\\w+', class: email, tests: { match: ['mail:ana'], miss: [mail] } }
`,
    mend: 'Give the detector another name.',
  },
  {
    name: 'too-many-detectors',
    yaml: `version: 1
name: mine
extends: [a.yaml, b.yaml, c.yaml, d.yaml]
`,
    files: Object.fromEntries([...'abcd'].map((letter) => [`${letter}.yaml`, manyDetectors(letter)])),
    mend: 'Join patterns that have one class with `|`, and leave out what nothing sends any more.',
  },
  {
    name: 'unknown-detector',
    yaml: `${head}tests:
  - { name: phones, in: { log: { body: '+5511912345678' } }, hits: { phones: 1 } }
`,
    mend: 'Write the id of a detector, built in or your own.',
  },
  {
    name: 'case',
    yaml: `${head}tests:
  - name: plans stay
    in: { span: { attributes: { plan: gold } } }
    out: { span: { attributes: { plan: silver } } }
`,
    planted: [],
    mend: 'Said by `test`. See [Write cases](test-and-preview.md#write-cases).',
  },
  {
    name: 'leak',
    yaml: `${head}defaults:
  attribute: public
`,
    planted: ['email', 'iban'],
    mend: 'Said by `test`. See [Leaks](test-and-preview.md#leaks).',
  },
  {
    name: 'not-looked-for',
    yaml: `${head}detectors:
  off: [mac]
`,
    planted: ['mac'],
    mend: 'A warning of `test`. Turn the detector on, or see to it that nothing of the kind is sent.',
  },
  ...eventErrors,
]
