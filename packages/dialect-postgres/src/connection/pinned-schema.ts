import { MigrateError } from '@org/migrate-core/connection'
import type { Connection } from './connection.ts'
import { unreachableFor } from './unreachable.ts'
import type { ConnectionTarget } from './url.ts'

/** The server cuts long names, reads `$user` as the name of the role, and passes over what the role may not use. */
export function elsewhere(target: ConnectionTarget, schema: string, actual: string | null): MigrateError {
  const found = actual === null ? 'finds none of that name' : `is in ${JSON.stringify(actual)}`
  const why = `its session is to be in the schema ${JSON.stringify(schema)}, and ${found}`
  return unreachableFor(target, why, { remedy: 'Name a schema of at most 63 bytes that this role may use.' })
}

/** What follows would be created, and recorded, in another schema. Throws SESSION_SETTING_REFUSED. */
export async function requireSchema(
  connection: Connection,
  desired: string,
  sql: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const [row] = await connection.send('SELECT current_schema()', [], { signal })
  const actual = row?.[0] ?? 'none'
  if (actual === desired) return
  const details = { setting: 'search_path', desired, actual }
  const message = `after a statement the session on ${connection.database} is in the schema ${actual} instead of ${desired}: ${sql}`
  throw new MigrateError('SESSION_SETTING_REFUSED', details, message, {
    remedy: 'Leave search_path as it is in revisions, and name the schema of what lies elsewhere.',
  })
}
