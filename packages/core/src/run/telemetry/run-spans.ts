import type { Attributes, Context, Counter, Meter, Span, Tracer } from '@opentelemetry/api'
import { isMigrateError } from '../../errors/migrate-error.ts'
import type { MigrationEvent } from '../../options/events.ts'

/** What the spans of a run are made of. */
export type TelemetryFact =
  | { readonly event: MigrationEvent; readonly atMs: number }
  | { readonly error: unknown; readonly atMs: number }

interface RunFacts {
  readonly database: string
  readonly dialect: string
  readonly startedMs: number
}

/** A span that is on. */
interface OpenSpan {
  readonly name: string
  readonly span: Span
  readonly startedMs: number
}

type Api = typeof import('@opentelemetry/api')

const codeOf = (error: unknown): string => (isMigrateError(error) ? error.code : 'INTERNAL')

/** Spans `migrate.run`, `migrate.step` and `migrate.lock_wait`, with their durations as metrics, and the counter `migrate.rows`. */
export class RunSpans {
  readonly #api: Api
  readonly #tracer: Tracer
  readonly #meter: Meter
  readonly #rows: Counter
  readonly #system: Attributes
  readonly #run: OpenSpan
  readonly #within: Context
  #step: OpenSpan | undefined
  #waiting: OpenSpan | undefined
  #counted = { what: '', done: 0 }

  /** The span that is active now is the parent. */
  constructor(api: Api, { database, dialect, startedMs }: RunFacts) {
    this.#api = api
    this.#tracer = api.trace.getTracer('migrate')
    this.#meter = api.metrics.getMeter('migrate')
    const description = 'Rows that data steps, rebuilds and copies worked on'
    this.#rows = this.#meter.createCounter('migrate.rows', { description, unit: '{row}' })
    this.#system = { 'db.system.name': dialect }
    this.#within = api.context.active()
    this.#run = this.#open('migrate.run', startedMs, { 'db.namespace': database })
    this.#within = api.trace.setSpan(this.#within, this.#run.span)
  }

  record(fact: TelemetryFact): void {
    if ('event' in fact) {
      this.#hear(fact.event, fact.atMs)
      return
    }
    const code = codeOf(fact.error)
    for (const open of [this.#waiting, this.#step, this.#run]) this.#close(open, fact.atMs, code)
  }

  #hear(event: MigrationEvent, atMs: number): void {
    if (event.type !== 'waiting') this.#waiting = this.#close(this.#waiting, atMs)
    switch (event.type) {
      case 'waiting':
        this.#waiting ??= this.#open('migrate.lock_wait', atMs - event.waitedMs, {})
        break
      case 'stepStarted': {
        const { tier, revision, direction } = event
        const names = { 'migrate.tier': tier, 'migrate.revision': revision, 'migrate.direction': direction }
        this.#step = this.#open('migrate.step', atMs, names)
        this.#counted = { what: '', done: 0 }
        break
      }
      case 'progress':
        this.#countRows(event)
        break
      case 'stepFinished':
        this.#step = this.#close(this.#step, atMs)
        break
      case 'stepFailed':
        this.#step = this.#close(this.#step, atMs, event.code)
        break
      case 'finished':
        this.#run.span.setAttribute('migrate.steps', event.applied.length)
        this.#close(this.#run, atMs)
        break
      default:
    }
  }

  #open(name: string, startedMs: number, attributes: Attributes): OpenSpan {
    const options = { startTime: startedMs, attributes: { ...this.#system, ...attributes } }
    return { name, startedMs, span: this.#tracer.startSpan(name, options, this.#within) }
  }

  #close(open: OpenSpan | undefined, atMs: number, code?: string): undefined {
    if (open === undefined) return
    const { name, span, startedMs } = open
    const failure = code === undefined ? {} : { 'error.type': code }
    span.setAttributes(failure)
    if (code !== undefined) span.setStatus({ code: this.#api.SpanStatusCode.ERROR, message: code })
    span.end(atMs)
    const seconds = Math.max(0, atMs - startedMs) / 1_000
    this.#meter.createHistogram(`${name}.duration`, { unit: 's' }).record(seconds, { ...this.#system, ...failure })
  }

  #countRows({ what, done }: Extract<MigrationEvent, { readonly type: 'progress' }>): void {
    const before = this.#counted.what === what && this.#counted.done <= done ? this.#counted.done : 0
    this.#rows.add(done - before, this.#system)
    this.#counted = { what, done }
  }
}
