// The order in which exemplars go out: Prometheus gives them to buckets as it walks both upwards, so one that comes
// after a larger one would end in the larger one's bucket, or be dropped there as out of order.
import { findField } from '../otlp/find-field.ts'
import { tagIn } from '../otlp/ops.ts'
import { viewOf } from '../otlp/wire.ts'

const asDouble = tagIn('Exemplar', 'asDouble')
const asInt = tagIn('Exemplar', 'asInt')

/** @param exemplars without tag and length */
export function byValue(exemplars: Iterable<Uint8Array>): Uint8Array[] {
  return [...exemplars]
    .map((bytes) => ({ bytes, value: valueOf(bytes) }))
    .sort((one, other) => one.value - other.value)
    .map(({ bytes }) => bytes)
}

/** 0 where it has none, which is OTLP's default. */
function valueOf(bytes: Uint8Array): number {
  const view = viewOf(bytes)
  const double = findField(bytes, 0, bytes.length, asDouble)
  if (double >= 0) return view.getFloat64(double, true)
  const int = findField(bytes, 0, bytes.length, asInt)
  return int < 0 ? 0 : Number(view.getBigInt64(int, true))
}
