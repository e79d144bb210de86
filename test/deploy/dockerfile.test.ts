import { existsSync } from 'node:fs'
import { validate, ValidationSeverity } from 'dockerfile-utils'
import { describe, expect, it } from 'vitest'
import { readStages, sentToBuilder } from './dockerfile.ts'
import { compose, read, root } from './files.ts'

const stages = readStages()
const last = stages.at(-1)!
const all = (keyword: string) => last.instructions.filter((each) => each.keyword === keyword)
const packageJson = JSON.parse(read('package.json'))

describe('Dockerfile', () => {
  it('has no fault that a linter finds', () => {
    const strict = { deprecatedMaintainer: ValidationSeverity.ERROR, directiveCasing: ValidationSeverity.ERROR }
    expect(validate(read('Dockerfile'), strict)).toEqual([])
    expect(validate('FROM node\nCOPPY a b\n')).not.toEqual([])
  })

  it('has the Node that the tests run on, pinned', () => {
    for (const { image } of stages) expect(image).toBe(`node:${packageJson.devDependencies.node}-slim`)
  })

  it('copies files that are there, that the builder is sent, and nothing of stages that are not', () => {
    const copies = stages.flatMap(({ instructions }) => instructions.filter(({ keyword }) => keyword === 'COPY'))
    expect(copies.length).toBeGreaterThan(5)
    for (const { args, flags } of copies) {
      if (flags['from'] !== undefined) {
        expect(stages.map(({ name }) => name)).toContain(flags['from'])
        continue
      }
      for (const source of args.slice(0, -1)) {
        expect(existsSync(`${root}${source}`), source).toBe(true)
        expect(sentToBuilder, source).toContain(source)
      }
    }
  })

  it('sends the builder no secret and nothing that it does not copy', () => {
    expect(read('.dockerignore')).toMatch(/^\*$/m)
    const copies = stages.flatMap(({ instructions }) => instructions.filter(({ keyword }) => keyword === 'COPY'))
    const copied = new Set(copies.filter(({ flags }) => !flags['from']).flatMap(({ args }) => args.slice(0, -1)))
    expect(sentToBuilder.filter((path) => !copied.has(path))).toEqual([])
  })

  it('installs what the lock file says, without running scripts of packages', () => {
    const installs = stages.flatMap(({ instructions }) =>
      instructions.filter(({ keyword, text }) => keyword === 'RUN' && /\bnpm (i|ci|install)\b/.test(text)),
    )
    expect(installs).toHaveLength(2)
    for (const { text } of installs) expect(text).toMatch(/^npm ci .*--ignore-scripts/)
    expect(installs[1].text).toContain('--omit=dev')
  })

  it('runs as a user that is not root, by its number, and whose folder /data is', () => {
    const [user] = all('USER')
    expect(user.args).toEqual(['10001:10001'])
    expect(all('VOLUME')[0].args).toEqual(['/data'])
    const data = all('COPY').find(({ args }) => args.at(-1) === '/data')
    expect(data?.flags).toMatchObject({ chown: '10001:10001', chmod: '700' })
    // Nothing is written by root after the user has been set.
    expect(last.instructions.findIndex(({ keyword }) => keyword === 'USER')).toBeGreaterThan(
      last.instructions.findLastIndex(({ keyword }) => keyword === 'COPY' || keyword === 'RUN'),
    )
  })

  it('is asked for its health with the Node that is there', () => {
    const [check] = all('HEALTHCHECK')
    expect(check.args.slice(0, 2)).toEqual(['node', '-e'])
    expect(check.args[2]).toContain('http://127.0.0.1:8882/health')
  })

  it('opens the ports that docker-compose.yml publishes', () => {
    const published = compose.services.gateway.ports.map((port: string) => port.split(':').at(-1))
    expect(all('EXPOSE')[0].args.toSorted()).toEqual(published.toSorted())
  })
})
