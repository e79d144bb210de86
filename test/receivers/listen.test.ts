// How a receiver's address is written.
import { describe, expect, it } from 'vitest'
import { parseEndpoint } from '../../src/config/units.ts'
import { formatEndpoint } from '../../src/receivers/listen.ts'

describe('an endpoint', () => {
  it.each(['127.0.0.1:4318', 'localhost:0', 'gateway.example:65535', ':4318', '[::1]:4318', '[fe80::1%eth0]:4318'])(
    '%s is written as it is read',
    (text) => expect(formatEndpoint(parseEndpoint(text)!)).toBe(text),
  )
})
