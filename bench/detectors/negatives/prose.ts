// What faker writes that is nobody's: user agents, prose of many languages, products, files, SQL, commits.
import { allFakers, faker } from '@faker-js/faker'
import type { Negative } from '../sample.ts'

const makers: Readonly<Record<string, () => string>> = {
  'user agent': () => faker.internet.userAgent(),
  'phrase of a hacker': () => faker.hacker.phrase(),
  product: () => `${faker.commerce.productName()}, ${faker.commerce.price()} ${faker.finance.currencyCode()}`,
  'ISBN, faker': () => faker.commerce.isbn(),
  // A file in /home is named like a person's directory.
  'file path': () => faker.system.filePath().replace(/^\/(?:home|Users|root)\b/, '/srv'),
  cron: () => faker.system.cron(),
  'commit of git': () =>
    `${faker.git.commitSha({ length: 8 })} ${faker.git.commitMessage()} (${faker.git.commitDate()})`,
  'URL without data': () =>
    `${faker.internet.httpMethod()} ${faker.internet.url()}/api/v1/items/${faker.string.numeric(5)} ${faker.internet.httpStatusCode()}`,
  column: () =>
    `ALTER TABLE ${faker.database.column()} ALTER COLUMN ${faker.database.column()} TYPE ${faker.database.type()} -- ${faker.database.collation()}`,
  'MIME type': () => `Content-Type: ${faker.system.mimeType()}; charset=utf-8`,
  flight: () =>
    `${faker.airline.flightNumber({ addLeadingZeros: true })} seat ${faker.airline.seat()} ${faker.airline.recordLocator()}`,
  vehicle: () => `${faker.vehicle.vehicle()} ${faker.vehicle.vin()}`,
  colour: () => faker.color.rgb({ format: 'css' }),
  amount: () => faker.finance.amount({ min: 1, max: 1e7, symbol: '$' }),
  transaction: () => faker.finance.transactionDescription().replace(/\*+\d+|\d{4,}/g, 'x'),
  element: () =>
    `${faker.science.chemicalElement().name} ${faker.science.chemicalElement().atomicNumber} ${faker.science.unit().name}`,
  lorem: () => faker.lorem.sentences(2),
}

export function prose(seed: number, rounds: number): Negative[] {
  faker.seed(seed)
  const list = Object.entries(makers).flatMap(([kind, make]) =>
    Array.from({ length: rounds }, (): Negative => ({ kind, text: make(), personal: [] })),
  )
  for (const [locale, one] of Object.entries(allFakers)) {
    if (locale === 'base') continue
    one.seed(seed)
    for (let i = 0; i < 4; i++) {
      try {
        list.push({ kind: 'prose of a locale', text: one.lorem.sentence(14), personal: [] })
        list.push({ kind: 'company of a locale', text: `${one.company.name()}, ${one.location.city()}`, personal: [] })
      } catch {
        // The locale has no words of its own.
      }
    }
  }
  return list
}
