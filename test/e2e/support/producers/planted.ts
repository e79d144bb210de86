// The made-up person whose data the programs send, and everything that must not be found in any store.
import type { Secret } from '../../../../src/leak/secret.ts'
import { valuesOf } from './bodies.ts'

export const person = {
  email: 'quiteria.brandao77@correio-exemplo.org',
  phone: '+44 20 7946 0958',
  whatsapp: '5521998765432',
  home: '/home/quiteria',
  address: '203.0.113.77',
  card: '4111 1111 1111 1111',
  token: 'pk9Xr2vLq8TzW4mNc7Yd',
  message: 'encontro marcado na praça as nove',
} as const

const secret = (kind: string, text: string, ...traces: string[]): Secret => ({ kind, text, traces: [text, ...traces] })
const number = (kind: string, text: string, digits: string): Secret => ({ kind, text, traces: [digits], digits })

/** What `sendOfficial` and the SDK programs plant. */
const ofPrograms: readonly Secret[] = [
  secret('email', person.email, 'correio-exemplo', 'brandao77'),
  number('phone', person.phone, '2079460958'),
  number('WhatsApp id', person.whatsapp, '21998765432'),
  secret('home path', person.home, 'quiteria'),
  secret('address', person.address),
  number('card', person.card, '4111111111111111'),
  secret('token', person.token),
  secret('message', person.message, 'encontro marcado'),
]

/** What is in the recorded bodies. */
export const inRecordings: readonly Secret[] = [
  secret('email', 'ana.silva@example.com', 'ana.silva'),
  number('phone', '+55 11 91234-5678', '11912345678'),
  secret('token', 'FAKEfakeFAKEfakeFAKEfake0001', 'FAKEfakeFAKE'),
  secret('token', 'FAKE-token-not-real'),
  secret('address', '192.0.2.44'),
  secret('address', '10.20.30.40'),
  secret('home path', '/home/ana/'),
  secret('home path', '/Users/ana/'),
  secret('message', 'oi, tudo bem'),
  number('phone', '555-010-1234', '5550101234'),
  ...['user.id', 'session.id'].flatMap((key) => valuesOf(key).map((value) => secret(key, value))),
]

export const planted: readonly Secret[] = [...ofPrograms, ...inRecordings]
