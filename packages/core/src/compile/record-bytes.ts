import type { Dialect } from '../dialect/dialect.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import type { ForecastStep } from './compile-step.ts'

/** What the row of a revision has besides its operations: names, times, hashes, columns. */
const recordBytes = 50_000

/** The history has the operations of a revision and their inverses in one row. */
export function refuseUnrecordable({ name, capabilities: { rowBytes } }: Dialect, { groups }: ForecastStep): void {
  if (rowBytes === undefined) return
  const recorded = groups.flatMap((group) => group.operations.map(({ operation, inverse }) => [operation, inverse]))
  const bytes = Buffer.byteLength(JSON.stringify(recorded))
  if (bytes + recordBytes <= rowBytes) return
  const operation = 'the revision'
  const why = `its record has ${bytes.toLocaleString('en-US')} bytes, and a row of this database has at most ${rowBytes.toLocaleString('en-US')}`
  throw new MigrateError('UNSUPPORTED', { dialect: name, operation, why }, `${operation}: ${why}.`, {
    remedy: 'Split it into several revisions.',
  })
}
