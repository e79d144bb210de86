// From where on a figure is bad: where the alerts of deploy/prometheus/rules fire, too.
import type { Threshold } from './spec.ts'

/** Failed events among all events: `ErrorRatioHigh`. */
export const errorRatioLevels: readonly Threshold[] = [{ from: 0.1, state: 'warning' }]

/** Bytes in a queue among those that it can hold: `QueueNearlyFull`. */
export const queueFillLevels: readonly Threshold[] = [{ from: 0.8, state: 'critical' }]
