import { describe, expect, it } from 'vitest'
import { formatEndpoint, parseEndpoint } from '../../src/receivers/listen.ts'

describe('an endpoint', () => {
  it.each([
    ['127.0.0.1:4318', '127.0.0.1', 4318],
    ['localhost:0', 'localhost', 0],
    ['gateway.example:65535', 'gateway.example', 65_535],
    [':4318', '', 4318],
    ['[::1]:4318', '::1', 4318],
    ['[::]:4318', '::', 4318],
    ['[fe80::1%eth0]:4318', 'fe80::1%eth0', 4318],
  ])('is read from %s and written back', (text, host, port) => {
    expect(parseEndpoint(text)).toEqual({ host, port })
    expect(formatEndpoint({ host, port })).toBe(text)
  })

  it.each([
    '',
    '4318',
    'localhost',
    'localhost:',
    'localhost:65536',
    '::1:4318',
    '[::1]',
    'http://localhost:4318',
    'a:b:1',
    'a :1',
  ])('is not %s', (text) => expect(parseEndpoint(text)).toBeUndefined())
})
