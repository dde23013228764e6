import type { MigrationEvent } from '../../options/events.ts'
import type { TelemetryFact } from './run-spans.ts'

/** Hears what a run reports. */
interface RunTelemetry {
  event(event: MigrationEvent): void
  failed(error: unknown): void
  /** When everything that it heard is recorded. */
  recorded(): Promise<void>
}

/**
 * Whether the application has registered a provider of OpenTelemetry: its API keeps them under this name, in all of its versions 1. Without
 * one nothing is loaded.
 */
export const hasTelemetry = (): boolean => Symbol.for('opentelemetry.js.api.1') in globalThis

/** The official API; undefined where our own packages can't find it. */
export async function loadApi(): Promise<typeof import('@opentelemetry/api') | undefined> {
  try {
    // Inside `try` bundlers leave the import of a package that is not installed to the program.
    return await import('@opentelemetry/api')
  } catch {
    return undefined
  }
}

/** The spans of one run. The run does not wait for the API: what it reports meanwhile keeps its time. */
export function observeTelemetry(database: string, dialect: string): RunTelemetry | undefined {
  if (!hasTelemetry()) return undefined
  const startedMs = Date.now()
  const facts: TelemetryFact[] = []
  let record = (fact: TelemetryFact): void => void facts.push(fact)
  const loading = Promise.all([loadApi(), import('./run-spans.ts')])
  // In the context of the caller: its active span is the parent.
  const recorded = loading.then(([api, { RunSpans }]) => {
    const spans = api === undefined ? undefined : new RunSpans(api, { database, dialect, startedMs })
    record = (fact) => spans?.record(fact)
    for (const fact of facts) record(fact)
    facts.length = 0
  })
  return {
    event: (event) => record({ event, atMs: Date.now() }),
    failed: (error) => record({ error, atMs: Date.now() }),
    recorded: () => recorded,
  }
}
