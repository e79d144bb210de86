import { expect, it } from 'vitest'
import { byValue } from '../../src/metrics/exemplars.ts'

const double = (value: number): Buffer => {
  const bytes = Buffer.alloc(9, 0x19)
  bytes.writeDoubleLE(value, 1)
  return bytes
}
const int = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(9, 0x31)
  bytes.writeBigInt64LE(value, 1)
  return bytes
}
const time = Buffer.from([0x11, 1, 0, 0, 0, 0, 0, 0, 0])

it('exemplars go out smallest first, whichever number they have; one without a value is 0', () => {
  const [large, small, negative] = [double(2.5), Buffer.concat([time, int(1n)]), int(-3n)]
  expect(byValue([large, small, time, negative])).toEqual([negative, time, small, large])
})
