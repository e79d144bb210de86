// An example of each key of a ruleset. Together they have every key there is; a test says so, and loads them.

export interface RulesetExample {
  /** Whether it is a whole ruleset, or what stands beside `version`, `name` and `extends`. */
  readonly kind: 'ruleset' | 'ruleset-part'
  readonly yaml: string
}

const whole = (yaml: string): RulesetExample => ({ kind: 'ruleset', yaml })
const part = (yaml: string): RulesetExample => ({ kind: 'ruleset-part', yaml })

/** By key. */
export const rulesetExamples: Readonly<Record<string, RulesetExample>> = {
  version: whole('version: 1\nname: my-rules\n'),
  name: whole('version: 1\nname: my-rules\n'),
  extends: whole(`version: 1
name: my-rules
extends: [builtin:automagik]
`),
  repair: part('repair: false # no sender is an Automagik program\n'),
  event_schemas: part('event_schemas: false # rules alone say what attributes of events are\n'),
  events: part('events:\n  schemas: [events] # a folder, or single files\n'),
  validation: part(`validation:
  on_violation: annotate
  services: { omni: drop }
`),
  keys: part(`keys:
  pseudonym:
    active: k2
    ring:
      k1: { file: pseudonym-k1, lookup_only: true, until: 2099-12-31 }
      k2: { env: GATEWAY_PSEUDONYM_K2 }
`),
  classes: part(`classes:
  plain: keep
  looked-at: detect
  starred: mask
  gone: drop
  customer: { hash: { key: pseudonym, method: hmac, chars: 16 } }
  number: { phone: { show: nothing, hash: { key: pseudonym } } }
  address-book: { email: { local: drop, domain: { hash: { key: pseudonym } } } }
  work-mail: { email: { domain: keep } }
  file: { path: { home: '~' } }
  salary: { replace: '[{kind}]' } # becomes [salary]
  short: { truncate: 64 }
`),
  defaults: part(`defaults:
  attribute: internal
  body: content # no log body passes
  name: internal
  on_error: replace # with [undecodable]
  event: annotate # events that no schema knows
  limits: { value_bytes: 1024, depth: 4, attributes: 64 }
`),
  detectors: part(`detectors:
  use: [email, phone, credit-card, api-key, jwt, private-key]
  off: [credit-card]
  phone_regions: [BR, US]
  default_region: BR
  custom:
    - id: staff-number
      pattern: '(?i)\\bemp-\\d{5}\\b'
      class: user.id
      tests: { match: [asked by EMP-12345], miss: [emp-1] }
`),
  rules: part(`rules:
  - { id: customers, attr: [customer.number, 'customer.*.id'], class: user.id }
  - { id: shop-notes, attr: note, in: [span, log], service: omni, class: content }
  - { id: status-text, path: span.status.message, class: content }
`),
  exceptions: part(`exceptions:
  - attr: build_number
    in: resource
    service: [omni]
    class: public
    reason: our own numbers, which look like phone numbers
    owner: platform
    expires: 2099-12-31
  - { path: scope.version, class: public, reason: versions of our packages, owner: platform }
`),
  conventions: part(`conventions:
  rename: { cust_no: customer.number }
  values: { deployment.environment.name: { prod: production } }
  coerce: { retry.count: int }
  services: { shop: [shop, shop-api] }
  events:
    shop.order.placed:
      aliases: [order_placed]
      rename: { state: order.state }
      coerce: { order.total: double }
      routes: ['/orders/{order_id}']
  metric_identity: [user.id, session.id, device.id]
  keep_old_names: true
`),
  metrics: part(`metrics:
  off: [automagik.event.duration]
  derived:
    - name: shop.orders
      from: event
      count: true
      description: Orders by state.
      by: [event.name, order.state]
    - name: shop.order.duration
      from: event
      value: duration_ms
      unit: s
      by: [event.name, outcome]
      buckets: [0.1, 1, 10]
    - name: shop.customers.active
      from: event
      where: { event.name: [shop.order.placed, shop.order.paid] }
      distinct: user.id
      window: 24h
      by: [order.state]
    - name: shop.query.duration
      from: span
      where: { db.system.name: { exists: true }, http.response.status_code: { status_class: [4xx, 5xx] } }
      value: span.duration
      by: [db.system.name, span.name]
  cumulative:
    drop_labels: ['shop.session.*']
    buckets: { By: [1024, 1048576] }
  max_series: 500
  expire_after: 30m
`),
  tests: part(`tests:
  - name: what people write goes
    in: { service: omni, resource: { host.name: a }, log: { body: { message: see you }, attributes: { prompt: be kind } } }
    out: { log: { attributes: { prompt: null } } }
    never: [be kind]
  - name: an address in a message of an exception
    in:
      span:
        name: order
        attributes: { user.id: '42' }
        status_message: no answer
        events: [{ name: exception, attributes: { exception.message: no answer from ana@example.com } }]
    out: { span: { attributes: { user.id: 'hm:*' } } }
    hits: { email: 1 }
  - name: a label of a metric
    in: { metric: { name: messages.sent, unit: '1', attributes: { to: '+55 11 91234-5678' } } }
    out: { metric: { attributes: { to: '{phone}' } } }
  - name: an event under its old name
    in: { service: omni, event: { name: api_request, attributes: { status_code: 200 } } }
    out: { event: { name: automagik.api.request } }
  - name: a log that is an event
    in: { log: { event_name: shop.closed } }
    out: { log: { event_name: shop.closed } }
`),
}
