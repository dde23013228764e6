import { AsyncLocalStorage } from 'node:async_hooks'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as api from '@opentelemetry/api'
import { graphOf, integer, revisions } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { createFleet } from '@org/migrate-fleet'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { line, migratorOf } from '../../kit/migrator.ts'

interface Recorded {
  readonly name: string
  readonly parent: string | undefined
  readonly attributes: api.Attributes
  status?: api.SpanStatus
  endedAt?: api.TimeInput | undefined
}

let spans: Recorded[]
let measured: { readonly name: string; readonly value: number }[]

/** A span of the API that notes what is done with it. */
function spanOf(recorded: Recorded): api.Span {
  const span = {
    ...api.INVALID_SPAN_CONTEXT,
    spanContext: () => api.INVALID_SPAN_CONTEXT,
    setAttribute: (key: string, value: api.AttributeValue) => {
      recorded.attributes[key] = value
      return span
    },
    setAttributes: (attributes: api.Attributes) => {
      Object.assign(recorded.attributes, attributes)
      return span
    },
    setStatus: (status: api.SpanStatus) => {
      recorded.status = status
      return span
    },
    end: (at?: api.TimeInput) => {
      recorded.endedAt = at ?? Date.now()
    },
    recorded,
  }
  return span as unknown as api.Span
}

function start(name: string, options: api.SpanOptions = {}, within = api.context.active()): api.Span {
  const parent = api.trace.getSpan(within) as unknown as { readonly recorded: Recorded } | undefined
  const recorded: Recorded = { name, parent: parent?.recorded.name, attributes: { ...options.attributes } }
  spans.push(recorded)
  return spanOf(recorded)
}

const contexts = new AsyncLocalStorage<api.Context>()
const contextManager: api.ContextManager = {
  active: () => contexts.getStore() ?? api.ROOT_CONTEXT,
  with: (within, work, self, ...args) => contexts.run(within, () => work.apply(self, args)),
  bind: (_, target) => target,
  enable: () => contextManager,
  disable: () => contextManager,
}

const instrument = (name: string) => ({
  add: (value: number) => void measured.push({ name, value }),
  record: (value: number) => void measured.push({ name, value }),
})

function register(): void {
  const tracer = {
    startSpan: start,
    startActiveSpan: (name: string, options: api.SpanOptions, work: (span: api.Span) => unknown) => {
      const span = start(name, options)
      return api.context.with(api.trace.setSpan(api.context.active(), span), () => work(span))
    },
  }
  api.context.setGlobalContextManager(contextManager)
  api.trace.setGlobalTracerProvider({ getTracer: () => tracer as unknown as api.Tracer })
  const meter = { createCounter: instrument, createHistogram: instrument }
  api.metrics.setGlobalMeterProvider({ getMeter: () => meter as unknown as api.Meter })
}

let folder: string
beforeEach(() => {
  spans = []
  measured = []
  folder = mkdtempSync(join(tmpdir(), 'telemetry-'))
})
afterEach(() => {
  api.trace.disable()
  api.context.disable()
  api.metrics.disable()
  rmSync(folder, { recursive: true, force: true })
})

const chain = line(
  (op) => op.createTable('users', (t) => t.column('id', integer())),
  (op) => op.createTable('notes', (t) => t.column('id', integer())),
)
const dialect = () => sqliteDialect({ url: `sqlite:///${folder}/app.db` })
const shown = () => spans.map(({ name, parent, attributes }) => ({ name, parent, ...attributes }))

it('A run is a span below the one that is active, and each of its steps one below it', async () => {
  register()
  await api.context.with(api.trace.setSpan(api.ROOT_CONTEXT, start('release')), () =>
    migratorOf(dialect(), chain).upgrade(),
  )
  const step = { 'db.system.name': 'sqlite', 'migrate.tier': 'main', 'migrate.direction': 'up' }
  expect(shown()).toEqual([
    { name: 'release', parent: undefined },
    {
      ...{ name: 'migrate.run', parent: 'release', 'db.system.name': 'sqlite', 'migrate.steps': 2 },
      'db.namespace': expect.any(String),
    },
    { name: 'migrate.step', parent: 'migrate.run', ...step, 'migrate.revision': 'r1' },
    { name: 'migrate.step', parent: 'migrate.run', ...step, 'migrate.revision': 'r2' },
  ])
  expect(spans.slice(1).every(({ endedAt, status }) => endedAt !== undefined && status === undefined)).toBe(true)
  expect(measured.map(({ name }) => name)).toEqual([
    'migrate.step.duration',
    'migrate.step.duration',
    'migrate.run.duration',
  ])
})

it('A run that fails ends its spans with the code of its error', async () => {
  register()
  const failing = line((op) => op.sql('SELECT nonsense FROM nowhere'))
  await expect(migratorOf(dialect(), failing).upgrade()).rejects.toMatchObject({ code: 'STATEMENT_FAILED' })
  const failed = { 'error.type': 'STATEMENT_FAILED' }
  expect(shown()).toMatchObject([
    { name: 'migrate.run', ...failed },
    { name: 'migrate.step', ...failed },
  ])
  expect(spans.map(({ status }) => status?.code)).toEqual([api.SpanStatusCode.ERROR, api.SpanStatusCode.ERROR])
})

it('A member of a fleet is a span, with its run below it', async () => {
  register()
  const members = [{ id: 'a', url: `sqlite:///${folder}/a.db` }]
  writeFileSync(`${folder}/a.db`, '')
  const tiers = [graphOf(revisions(chain))]
  await createFleet({ members, dialect: ({ url = '' }) => sqliteDialect({ url }), tiers }).upgrade('r1')
  expect(shown()).toMatchObject([
    { name: 'migrate.member', 'migrate.member': 'a' },
    { name: 'migrate.run', parent: 'migrate.member' },
    { name: 'migrate.step', parent: 'migrate.run' },
  ])
})

it('Without a provider nothing of OpenTelemetry is loaded', () => {
  const program = `
    const { createMigrator, graphOf, integer, revisions } = await import('@org/migrate-core')
    const { sqliteDialect } = await import('@org/migrate-dialect-sqlite')
    const first = { revision: 'r1', downRevision: null, upgrade: (op) => op.createTable('t', (t) => t.column('id', integer())) }
    await createMigrator({ dialect: sqliteDialect({ url: process.argv[1] }), tiers: [graphOf(revisions([first]))] }).upgrade()
    console.log(Symbol.for('opentelemetry.js.api.1') in globalThis)`
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', program, `sqlite:///${folder}/b.db`],
    { encoding: 'utf8', cwd: fileURLToPath(new URL('../../', import.meta.url)) },
  )
  expect(stdout + stderr).toBe('false\n')
})
