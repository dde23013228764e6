import { isMigrateError } from '../../errors/migrate-error.ts'
import { hasTelemetry, loadApi } from './telemetry.ts'

/** Work within a span of its own, where the application has a provider. */
export async function inSpan<T>(
  name: string,
  attributes: Readonly<Record<string, string>>,
  work: () => Promise<T>,
): Promise<T> {
  const api = hasTelemetry() ? await loadApi() : undefined
  if (api === undefined) return work()
  const startedAt = performance.now()
  const durations = api.metrics.getMeter('migrate').createHistogram(`${name}.duration`, { unit: 's' })
  const ended = (more: Readonly<Record<string, string>>): void =>
    durations.record((performance.now() - startedAt) / 1_000, more)
  return api.trace.getTracer('migrate').startActiveSpan(name, { attributes }, async (span) => {
    try {
      const value = await work()
      ended({})
      return value
    } catch (error) {
      const code = isMigrateError(error) ? error.code : 'INTERNAL'
      span.setAttribute('error.type', code)
      span.setStatus({ code: api.SpanStatusCode.ERROR, message: code })
      ended({ 'error.type': code })
      throw error
    } finally {
      span.end()
    }
  })
}
