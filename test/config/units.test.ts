import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { durationMs, durationPattern, parseEndpoint, sizeBytes, sizePattern } from '../../src/config/units.ts'

describe('durations', () => {
  it.each([
    ['0', 0],
    ['5s', 5_000],
    ['1m30s', 90_000],
    ['1.5h', 5_400_000],
    ['200ms', 200],
    ['1500us', 1.5],
    ['1s1ms', 1_001],
  ])('%s', (text, ms) => {
    expect(text).toMatch(durationPattern)
    expect(durationMs(text)).toBe(ms)
  })

  it.each(['', '5', 's', '5 s', '-5s', '5d', '1m 30s', '5s5'])('%j is none', (text) => {
    expect(text).not.toMatch(durationPattern)
  })
})

describe('sizes', () => {
  it.each([
    ['1', 1],
    ['16MiB', 16 * 1024 * 1024],
    ['16 MiB', 16 * 1024 * 1024],
    ['1.5KiB', 1536],
    ['2MB', 2_000_000],
    ['1GiB', 1024 ** 3],
  ])('%s', (text, bytes) => {
    expect(text).toMatch(sizePattern)
    expect(sizeBytes(text)).toBe(bytes)
  })

  it.each(['', 'MiB', '-1', '1mib', '1TiB', '1  MiB'])('%j is none', (text) => {
    expect(text).not.toMatch(sizePattern)
  })
})

describe('endpoints', () => {
  it.each([
    ['127.0.0.1:4318', { host: '127.0.0.1', port: 4318 }],
    ['localhost:0', { host: 'localhost', port: 0 }],
    ['[::1]:4317', { host: '::1', port: 4317 }],
    ['gateway.example:65535', { host: 'gateway.example', port: 65_535 }],
    [':4318', { host: '', port: 4318 }],
    ['[::]:4318', { host: '::', port: 4318 }],
    ['[fe80::1%eth0]:4318', { host: 'fe80::1%eth0', port: 4318 }],
  ])('%s', (text, endpoint) => {
    expect(parseEndpoint(text)).toEqual(endpoint)
  })

  it.each([
    '',
    '4318',
    '127.0.0.1',
    'localhost:',
    'http://127.0.0.1:4318',
    'a b:1',
    'a:b:1',
    '[::1]',
    '::1:4317',
    'x:65536',
    'x:-1',
    'x:1/',
  ])('%j is none', (text) => {
    expect(parseEndpoint(text)).toBeUndefined()
  })

  it('takes every port there is, and no other', () => {
    fc.assert(
      fc.property(fc.nat(99_999), (port) => {
        expect(parseEndpoint(`h:${port}`)).toEqual(port <= 65_535 ? { host: 'h', port } : undefined)
      }),
    )
  })
})
