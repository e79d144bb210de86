// Messages: how many by channel, and where their time goes.
import { noEvents, notSent } from '../gaps.ts'
import { eventLabel, eventMetric, messageSpan } from '../names.ts'
import { ofEvents, overTime, quantile, rate, sum, withExemplars } from '../queries.ts'
import type { PanelSpec, RowSpec } from '../spec.ts'

const { channel, outcome, step, model } = eventLabel
const all = ofEvents(eventMetric.messages)
const steps = ofEvents(eventMetric.stepBucket)
const firstChunks = ofEvents(eventMetric.firstChunkBucket)
const timeIn = (spans: readonly string[]): string =>
  sum(rate(ofEvents(eventMetric.stepSum, `${step}=~"${spans.join('|')}"`)))

const lines = { view: 'lines', width: 12, height: 8 } as const satisfies Partial<PanelSpec>
const noSteps = [notSent('spans `automagik.omni.message.processed`, `automagik.omni.agent.called` and the like')]

export const messages: RowSpec = {
  id: 1300,
  title: 'Messages',
  panels: [
    {
      ...lines,
      id: 1301,
      title: 'Messages by channel',
      shows: 'Messages a second by channel, and how their processing ended.',
      why: 'A channel that falls silent is a broken connection long before anybody complains.',
      act: 'Errors rise on one channel: see what it depends on (row Availability and errors).',
      unit: 'eps',
      noValue: 'no messages',
      queries: [overTime('A', sum(rate(all), channel, outcome), `{{${channel}}} {{${outcome}}}`)],
      gaps: [...noEvents, notSent('`automagik.omni.webhook.processed`')],
    },
    {
      ...lines,
      id: 1302,
      title: 'Steps of a message p95',
      shows: 'The duration that 95 % of each step stayed below, and of the whole; the dots are single steps.',
      why: 'Which step makes people wait.',
      act: 'Click a dot of the slowest step and open its trace.',
      unit: 's',
      noValue: 'no steps',
      queries: [withExemplars(overTime('A', quantile(0.95, rate(steps), step), `{{${step}}}`))],
      gaps: noSteps,
    },
    {
      ...lines,
      id: 1303,
      title: 'Share of the agent',
      shows: 'Of all the time that messages take, the part that the agent takes.',
      why: 'Near 1 the agent is what to make faster; else it is the rest.',
      act: 'A fall with slower messages: sending, or the queue before the agent.',
      unit: 'percentunit',
      max: 1,
      noValue: 'no steps',
      queries: [overTime('A', `${timeIn(messageSpan.agent)} / (${timeIn(messageSpan.whole)} > 0)`, 'agent')],
      gaps: noSteps,
    },
    {
      ...lines,
      id: 1304,
      title: 'First piece of an answer p95',
      shows: 'How long 95 % of streaming models took at most to the first piece of their answer, by model.',
      why: 'What a person feels of a model’s speed.',
      act: 'One model rises: its provider, or longer prompts.',
      unit: 's',
      noValue: 'no models',
      queries: [withExemplars(overTime('A', quantile(0.95, rate(firstChunks), model), `{{${model}}}`))],
      gaps: [notSent('spans with `gen_ai.response.time_to_first_chunk`')],
    },
  ],
}
