import { expect, it } from 'vitest'
import { attributeName, storedLabel, storedMetric } from '../../src/metrics/stored-names.ts'

// As a real Prometheus 3.15 answered.
it.each([
  ['service.version', 'service_version'],
  ['service_version', 'service_version'],
  ['a..b__c', 'a_b_c'],
  ['A', 'A'],
  ['1a', 'key_1a'],
  ['_a', '_a'],
  ['größe', 'gr_e'],
  ['', ''],
  ['!!', ''],
  ['__', ''],
  ['ключ', ''],
  ['__name__', ''],
])('the attribute "%s" is the label "%s"', (attribute, label) => {
  expect(storedLabel(attribute)).toBe(label)
})

it('labels of Prometheus itself are kept beside it', () => {
  expect(['job', 'instance', 'le', 'quantile', 'jobs'].map(attributeName)).toEqual([
    'exported_job',
    'exported_instance',
    'exported_le',
    'exported_quantile',
    'jobs',
  ])
})

it.each([
  ['messages.sent', '', true, 'messages_sent_total'],
  ['total.messages_sent', '', true, 'messages_sent_total'],
  ['messages.total', '', false, 'messages_total'],
  ['lat', 'ms', true, 'lat_milliseconds_total'],
  ['lat_milliseconds', 'ms', true, 'lat_milliseconds_total'],
  ['speed', 'By/s', false, 'speed_bytes_per_second'],
  ['speed', '{frame}/s', false, 'speed_per_second'],
  ['load', '1', false, 'load'],
  ['tasks', '{task}', true, 'tasks_total'],
  ['x', '°C', false, 'x_C'],
  ['2xx', '', false, '_2xx'],
  ['', '', true, ''],
  ['счёт', 's', true, ''],
])('the sum "%s" in "%s", monotonic %s, is %s', (name, unit, isMonotonic, stored) => {
  expect(storedMetric({ name, unit, isMonotonic, kind: 'sum' })).toBe(stored)
})

it('histograms have no _total', () => {
  expect(storedMetric({ name: 'latency', unit: 'ms', isMonotonic: true, kind: 'histogram' })).toBe(
    'latency_milliseconds',
  )
})
