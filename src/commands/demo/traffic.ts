// Made-up traffic of the six projects: an endless, seeded stream of requests, as their programs would send them.
import type { Signal } from '../../pipeline/batch.ts'
import { person, seeded } from './people.ts'
import type { Person } from './people.ts'
import { logRequest, metricRequest, spanRequest } from './producers.ts'
import { stories } from './stories.ts'
import type { Project, Story, Way } from './stories.ts'

export interface DemoRequest {
  readonly project: Project
  readonly signal: Signal
  readonly way: Way
  /** What the producer calls the record: `span api_request`, `metric api.latency`, `log`. */
  readonly title: string
  /** OTLP/JSON as the producer writes it, faults included. */
  readonly body: Record<string, unknown>
  /** Whom the record is about. */
  readonly person: Person
}

export interface TrafficOptions {
  /** The same seed makes the same requests. */
  readonly seed: number
  /** Milliseconds since 1970, asked once per request. */
  now(): number
}

/** One request after the other: every story in turn, each time with other people and figures. Never ends. */
export function* demoTraffic({ seed, now }: TrafficOptions): Generator<DemoRequest, never> {
  const random = seeded(seed)
  for (;;) {
    for (const story of stories) {
      const somebody = person(random)
      const moment = { random, atMs: now(), person: somebody }
      yield { project: story.project, way: story.way, signal: story.signal, person: somebody, ...write(story, moment) }
    }
  }
}

/** How many requests tell every story once. */
export const storyCount = stories.length

function write(
  story: Story,
  moment: Parameters<typeof spanRequest>[1],
): { title: string; body: Record<string, unknown> } {
  const { random, person: somebody } = moment
  if (story.signal === 'traces') {
    const draft = story.draft(random, somebody)
    return { title: `span ${draft.name}`, body: spanRequest(story.producer, moment, draft) }
  }
  if (story.signal === 'metrics') {
    const draft = story.draft(random, somebody)
    return { title: `metric ${draft.name}`, body: metricRequest(story.producer, moment, draft) }
  }
  return { title: 'log record', body: logRequest(story.producer, moment, story.draft(random, somebody)) }
}
