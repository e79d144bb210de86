import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderDiagnostics } from '../../src/diagnostics/render.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'

const key = { id: 'ktest', bytes: new Uint8Array(32).fill(7) }
const today = '2026-06-15'

const head = 'version: 1\nname: mine\n'
const load = (text: string, files: Record<string, string> = {}, env: Record<string, string> = {}) =>
  loadRuleset({
    file: '/rules/mine.yaml',
    readText: (path) => {
      const found = { '/rules/mine.yaml': head + text, ...files }[path]
      if (found === undefined) throw Object.assign(new Error('none'), { code: 'ENOENT' })
      return found
    },
    key,
    env,
    today,
  })
const program = (text: string, files?: Record<string, string>) => {
  const loaded = load(text, files)
  expect(renderDiagnostics(loaded.diagnostics)).toBe('')
  return loaded.program!
}
const said = (text: string, files?: Record<string, string>, env?: Record<string, string>): string => {
  const { diagnostics, sources, program: made } = load(text, files, env)
  if (diagnostics.some(({ severity }) => severity === 'error')) expect(made).toBeUndefined()
  else expect(made).toBeDefined()
  return renderDiagnostics(diagnostics, sources)
}

describe('a ruleset', () => {
  it('that says nothing has the base: classes, all detectors, no rules', () => {
    const { classes, defaults, detectors, rules, repair, keys } = program('')
    expect(Object.fromEntries(classes)).toEqual({
      public: { is: 'keep' },
      internal: { is: 'detect' },
      'user.id': { is: 'hash', hash: { method: 'hmac', key: 'pseudonym', chars: 16 } },
      phone: { is: 'phone', show: 'country', hash: { method: 'hmac', key: 'pseudonym', chars: 16 } },
      email: { is: 'email', domain: { method: 'hmac', key: 'pseudonym', chars: 16 } },
      path: { is: 'path', home: '~' },
      person: { is: 'drop' },
      content: { is: 'drop' },
      secret: { is: 'replace', text: '[REDACTED]' },
      address: { is: 'replace', text: '[{kind}]' },
      payment: { is: 'replace', text: '[{kind}]' },
      identity: { is: 'replace', text: '[{kind}]' },
    })
    expect(defaults).toEqual({
      attribute: 'internal',
      body: 'internal',
      name: 'internal',
      onError: 'drop',
      limits: { valueBytes: 4096, depth: 8, attributes: 128 },
    })
    expect(detectors).toMatchObject({ phoneRegions: ['BR'] })
    expect(detectors.use).toHaveLength(16)
    expect(rules).toEqual([])
    expect(repair).toBe(false)
    expect(keys.get('pseudonym')).toEqual({ active: 'ktest', keys: new Map([['ktest', key.bytes]]) })
  })

  it('reads every form of an action', () => {
    const { classes } = program(
      `classes:
  a: mask
  b: {hash: {}}
  c: {hash: {method: sha256, chars: 32}}
  d: {phone: {show: nothing}}
  e: {email: {}}
  f: {email: {local: drop, domain: keep}}
  g: {email: {domain: drop}}
  h: {path: {}}
  i: {replace: "<{kind}>"}
  j: {truncate: 64}
`.replace('  c: {hash: {method: sha256, chars: 32}}\n', ''),
    )
    expect(Object.fromEntries([...classes].filter(([name]) => name.length === 1))).toEqual({
      a: { is: 'mask' },
      b: { is: 'hash', hash: { method: 'hmac', key: 'pseudonym', chars: 16 } },
      d: { is: 'phone', show: 'nothing', hash: undefined },
      e: { is: 'email', domain: { method: 'hmac', key: 'pseudonym', chars: 16 } },
      f: { is: 'email', domain: 'keep' },
      g: { is: 'email', domain: 'drop' },
      h: { is: 'path', home: '~' },
      i: { is: 'replace', text: '<{kind}>' },
      j: { is: 'truncate', bytes: 64 },
    })
  })

  it('overrides classes, defaults and detectors of the layers below, and adds rules and names', () => {
    const made = program(
      `extends: [low.yaml, builtin:repair]
classes: {secret: drop}
defaults: {limits: {depth: 3}}
detectors: {off: [mac]}
rules: [{id: two, attr: b, class: secret}]
conventions: {rename: {x: z}, services: {shop: [shop-b]}}
`,
      {
        '/rules/low.yaml': `version: 1
name: low
classes: {secret: mask, own: mask}
defaults: {body: content, limits: {depth: 2, attributes: 5}}
detectors: {use: [email, mac], default_region: BR}
rules: [{id: one, attr: a, class: own}]
conventions: {rename: {x: y, v: w}, services: {shop: [shop-a]}}
`,
      },
    )
    expect(made.name).toBe('mine')
    expect(made.repair).toBe(true)
    expect(made.classes.get('secret')).toEqual({ is: 'drop' })
    expect(made.classes.get('own')).toEqual({ is: 'mask' })
    expect(made.defaults).toMatchObject({ attribute: 'internal', body: 'content', limits: { depth: 3, attributes: 5 } })
    expect(made.detectors).toEqual({ use: ['email'], phoneRegions: ['BR'], defaultRegion: 'BR' })
    expect(made.rules.map(({ id }) => id)).toEqual(['one', 'two'])
    expect(made.conventions.rename).toEqual(
      new Map([
        ['x', 'z'],
        ['v', 'w'],
      ]),
    )
    expect(made.conventions.services).toEqual(
      new Map([
        ['shop-a', 'shop'],
        ['shop-b', 'shop'],
      ]),
    )
  })

  it('takes a layer that two others extend once', () => {
    const files = Object.fromEntries(
      [
        ['a', 'extends: c.yaml'],
        ['b', 'extends: c.yaml'],
        ['c', 'rules: [{id: once, attr: x, class: secret}]'],
      ].map(([name, text]) => [`/rules/${name}.yaml`, `version: 1\nname: ${name}\n${text}`]),
    )
    expect(program('extends: [a.yaml, b.yaml]', files).rules.map(({ id }) => id)).toEqual(['once'])
  })

  it('compiles selectors: names in lower case, contexts, places, bodies', () => {
    const { rules } = program(`rules:
  - {id: names, attr: ["User.*", "a**b"], in: [span, log], class: secret}
  - {id: one, attr: x, class: secret}
  - {id: places, path: [span.status.message, resource.entity.type, "spanevent.attributes['Ex.Y']", 'metric.metadata["k"]', span.attributes], class: secret}
  - {id: bodies, path: [log.body, "log.body.**", "log.body['Req']['a b'].**"], class: secret}
`)
    expect(rules[0].selectors).toEqual([
      { is: 'attribute', glob: 'user.*', contexts: new Set(['span', 'log']) },
      { is: 'attribute', glob: 'a*b', contexts: new Set(['span', 'log']) },
    ])
    expect(rules[1].selectors).toMatchObject([{ glob: 'x' }])
    expect(rules[1].services).toBeUndefined()
    expect(rules[2].selectors).toEqual([
      { is: 'place', place: 'span.status.message' },
      { is: 'place', place: 'resource.entity.type' },
      { is: 'attribute', glob: 'ex.y', contexts: new Set(['spanevent']) },
      { is: 'attribute', glob: 'k', contexts: new Set(['metric']) },
      { is: 'attribute', glob: '*', contexts: new Set(['span']) },
    ])
    expect(rules[3].selectors).toEqual([
      { is: 'body', keys: [], deep: false },
      { is: 'body', keys: [], deep: true },
      { is: 'body', keys: ['Req', 'a b'], deep: true },
    ])
  })

  it('takes an attribute without words', () => {
    expect(program('conventions: {values: {service.name: {}}}\n').conventions.values.get('service.name')).toEqual(
      new Map(),
    )
  })

  it('compiles conventions per event', () => {
    const { conventions } = program(`conventions:
  coerce: {n: int}
  events: {app.done: {aliases: [done], rename: {status: code}, coerce: {code: int}, routes: ['/a/{b}']}}
  metric_identity: [user.id]
`)
    expect(conventions.aliases).toEqual(new Map([['done', 'app.done']]))
    expect(conventions.events.get('app.done')).toEqual({
      rename: new Map([['status', 'code']]),
      coerce: new Map([['code', 'int']]),
      routes: ['/a/{b}'],
    })
    expect(conventions.coerce).toEqual(new Map([['n', 'int']]))
    expect(conventions.metricIdentity).toEqual(['user.id'])
  })

  it('keeps exceptions until their last day', () => {
    const exception = (expires: string): string =>
      `exceptions: [{attr: a, class: public, reason: why, owner: me, expires: ${expires}}]`
    expect(program(exception(today)).exceptions).toMatchObject([{ class: 'public', owner: 'me', expires: today }])
    const { program: later, diagnostics } = load(exception('2026-06-14'))
    expect(later?.exceptions).toEqual([])
    expect(diagnostics).toMatchObject([
      { code: 'ruleset/expired-exception', severity: 'warning', help: expect.stringContaining('ask me') },
    ])
  })
})

describe('a fault is named with its place and what was meant', () => {
  const rule = (fields: string): string => `rules:\n  - {id: r, ${fields}}\n`
  it.each([
    ['rulez: []', ['ruleset/unknown-key', 'did you mean "rules"?', 'mine.yaml:3:1']],
    ['test: []', ['has no key "test", did you mean "tests"?']],
    ['classes: {a: kep}', ['got "kep", want one of keep, detect, mask, drop; did you mean "keep"?']],
    ['classes: {a: {hsh: {}}}', ['has no key "hsh", did you mean "hash"?']],
    ['classes: {a: {path: {}, truncate: 1}}', ['want exactly one of hash, phone, email, path, replace, truncate']],
    ['classes: {a: {path: {home: /home/x}}}', ['no slashes']],
    [
      rule('attr: x, class: secrt'),
      [
        'ruleset/unknown-class',
        'no class is called "secrt", did you mean "secret"?',
        'mine.yaml:4:29',
        'the classes are',
      ],
    ],
    ['defaults: {body: nope}', ['no class is called "nope"', 'mine.yaml:3:18']],
    ['detectors: {use: [emial]}', ['got "emial"', 'did you mean "email"?', 'mine.yaml:3:19']],
    ['detectors: {phone_regions: [br]}', ['ISO 3166']],
    [rule('attr: x, in: [spann], class: secret'), ['got "spann"', 'did you mean "span"?']],
    [rule('path: span.name, in: [span], class: secret'), ['"in" narrows "attr"']],
    [
      rule('attr: x, service: [omnii], class: secret'),
      ['no service or group is called "omnii"', 'conventions: {services: {omnii: [omnii]}}'],
    ],
    [rule('class: secret'), ['needs "attr" or "path"']],
    [rule('attr: x'), ['rules[0] needs the key "class"']],
    [rule('attr: [], class: secret'), ['must not be empty']],
    [
      rule('path: span.nam, class: secret'),
      ['no place is called "span.nam", did you mean "span.name"?', 'mine.yaml:4:19'],
    ],
    [rule('path: span.trace_id, class: secret'), ['"span.trace_id" is an id']],
    [rule('path: span.name.**, class: secret'), ['"span.name" is text']],
    [rule(`path: "span.attributes['a']['b']", class: secret`), ['goes into an attribute', 'attr: "b"']],
    [rule('path: "span name", class: secret'), ['is no path', 'paths are written']],
    [
      'rules: [{id: a, attr: x, class: secret}, {id: a, attr: y, class: secret}]',
      ['two rules have the id "a"', 'mine.yaml:3:47'],
    ],
    [
      'rules: [{id: a, attr: "x*", class: phone}, {id: b, attr: xyz, class: path}]',
      ['the rules "a" and "b" give "xyz" two classes of one strictness, "phone" and "path"'],
    ],
    ['exceptions: [{attr: a, class: public, owner: me}]', ['exceptions[0] needs the key "reason"']],
    ['exceptions: [{attr: a, class: public, reason: x, owner: ""}]', ['owner: must not be empty']],
    ['exceptions: [{attr: a, class: public, reason: x, owner: y, expires: soon}]', ['want a date such as 2027-01-31']],
    ['conventions: {values: {a: {x: y, y: x}}}', ['"x" and "y" become each other', 'mine.yaml:3:28']],
    ['conventions: {values: {a: {_OTHER: y}}}', ['want a word that programs send']],
    ['conventions: {values: {event.name: {x: y}}}', ['the gateway itself reads "event.name"', 'mine.yaml:3:37']],
    ['conventions: {values: {a: {x: y, y: z, z: z}}}', ['"x" becomes "y", which itself becomes "z"', 'mine.yaml:3:28']],
    ['conventions: {rename: {a: a}}', ['"a" is renamed to itself', 'mine.yaml:3:24']],
    ['conventions: {rename: {a: b, b: a}}', ['"a" and "b" are renamed to each other']],
    [
      'conventions: {rename: {a: b, b: c}}',
      ['"a" is renamed to "b", which is itself renamed to "c"', 'write "a": "c"'],
    ],
    [
      'conventions: {rename: {a: b}, events: {e: {rename: {b: c}}}}',
      ['"a" is renamed to "b", which is itself renamed', 'mine.yaml:3:53'],
    ],
    ['conventions: {coerce: {a: integer}}', ['got "integer", want one of int, double, string, bool']],
    ['conventions: {services: {a: [x], b: [x]}}', ['the service "x" is in two groups, "a" and "b"', 'mine.yaml:3:38']],
    ['conventions: {events: {a: {aliases: [x]}, b: {aliases: [x]}}}', ['"x" is the alias of two events']],
    [
      'extends: builtin:automagick',
      ['no built-in layer is called "builtin:automagick", did you mean "builtin:automagik"?', 'mine.yaml:3:10'],
    ],
    ['extends: [nowhere.yaml]', ['cannot read the ruleset "nowhere.yaml" (ENOENT)', 'mine.yaml:3:11']],
    ['extends: mine.yaml', ['"mine.yaml" extends itself: mine.yaml → mine.yaml', 'mine.yaml:3:10']],
    [
      'classes: {a: {hash: {key: pseudonim}}}',
      ['names the key ring "pseudonim", which is not there, did you mean "pseudonym"?'],
    ],
    ['classes: {a: {hash: {chars: 32}}}', ['make pseudonyms of 16 and 32 digits; want one length']],
    ['classes: {a: {hash: {chars: 4}}}', ['want at least 8']],
    ['keys: {pseudonym: {active: a, ring: {b: {env: LONG}}}}', ['has no key "a"']],
    ['keys: {pseudonym: {active: a, ring: {a: {env: SHORT}}}}', ['has 5 bytes, want at least 32', 'mine.yaml:3:38']],
    ['keys: {pseudonym: {active: a, ring: {a: {env: NONE}}}}', ['the variable NONE is not set']],
    ['keys: {pseudonym: {active: a, ring: {a: {file: /nowhere/key}}}}', ['/nowhere/key (ENOENT)']],
    ['keys: {pseudonym: {active: a, ring: {a: {env: BAD}}}}', ['is not valid base64']],
    ['keys: {pseudonym: {active: a, ring: {a: {env: X, file: y}}}}', ['want exactly one of file, env']],
    ['keys: {pseudonym: {active: "a:b", ring: {}}}', ['want letters, digits']],
  ])('%s', (text, parts) => {
    const text_ = said(text, {}, { SHORT: 'short', LONG: 'x'.repeat(32), BAD: 'base64:***' })
    for (const part of parts) expect(text_).toContain(part)
    expect(text_).toContain('error[ruleset/')
  })

  it.each([
    ['classes: {a: {hash: {method: sha256}}}', ['the class "a" uses SHA-256 without a key', 'mine.yaml:3:11']],
    [
      'rules: [{id: r, attr: x, class: public}]',
      ['the rule "r" changes nothing: "public" is below the default "internal"', 'exception'],
    ],
  ])('%s is a warning', (text, parts) => {
    const text_ = said(text)
    for (const part of parts) expect(text_).toContain(part)
    expect(text_).toContain('warning[ruleset/')
    expect(text_).not.toContain('error[')
  })

  it('a cycle through several files', () => {
    const text_ = said('extends: a.yaml', {
      '/rules/a.yaml': 'version: 1\nname: a\nextends: b.yaml\n',
      '/rules/b.yaml': 'version: 1\nname: b\nextends: [a.yaml]\n',
    })
    expect(text_).toContain('"a.yaml" extends itself: a.yaml → b.yaml → a.yaml')
    expect(text_).toContain('b.yaml:3:11')
  })

  it('a fault in a layer is shown in that layer', () => {
    const text_ = said('extends: low.yaml', {
      '/rules/low.yaml': 'version: 1\nname: low\nrules: [{id: a, attr: x, class: nope}]\n',
    })
    expect(text_).toContain('--> low.yaml:3:33')
  })

  it('no message holds a key', () => {
    const text_ = said('keys: {pseudonym: {active: a, ring: {a: {env: SHORT}}}}', {}, { SHORT: 'k3y-m4terial' })
    expect(text_).not.toContain('k3y')
  })

  it('throws for no text', () => {
    const words = [
      'rules',
      'classes',
      'keys',
      'extends',
      'builtin:repair',
      'id',
      'attr',
      'path',
      'span.name',
      'a',
      'drop',
      '1',
      'null',
    ]
    const marks = [': ', ':\n  ', '\n', '{', '}', '[', ']', '- ', ', ', '*']
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...words), fc.constantFrom(...marks))), (parts) => {
        const { program: made, diagnostics } = load(parts.join(''))
        expect(made !== undefined || diagnostics.length > 0).toBe(true)
      }),
    )
  })
})
