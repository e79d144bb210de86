import { expect, test } from 'vitest'
import { Recent } from '../../src/actions/recent.ts'

test('what was set is found until two generations have gone over it', () => {
  const recent = new Recent<number>(2)
  recent.set('a', 1)
  recent.set('b', 2)
  recent.set('c', 3)
  expect(recent.get('b')).toBe(2)
  recent.set('d', 4)
  recent.set('e', 5)
  recent.set('f', 6)
  expect(recent.get('a')).toBeUndefined()
  expect(recent.get('f')).toBe(6)
})

test('what is asked for again stays', () => {
  const recent = new Recent<number>(2)
  recent.set('kept', 1)
  for (let i = 0; i < 100; i++) {
    recent.set(`other ${i}`, i)
    expect(recent.get('kept')).toBe(1)
  }
})
