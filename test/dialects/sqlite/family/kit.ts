import type { Revision } from '@org/migrate-core'
import type { ServerSession, UnloadedDialect } from '@org/migrate-core/dialect'
import { withStepParts } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { introspectionFor } from '../../../../packages/dialect-sqlite/src/introspect/introspection.ts'
import { stepPartsFor } from '../../../../packages/dialect-sqlite/src/step-parts.ts'
import { changedDialect } from '../../../kit/changed-dialect.ts'
import { migratorOf } from '../../../kit/migrator.ts'

/** A session on which foreign keys stay on, as on D1: inside a transaction they can't be switched off, whatever the driver. */
function checked(session: ServerSession): ServerSession {
  const begin = session.begin.bind(session)
  return Object.assign(session, {
    begin: (options: Parameters<typeof begin>[0] = {}) => {
      if (options.foreignKeys !== undefined) throw new Error('foreign keys stay on')
      return begin(options)
    },
  })
}

/** SQLite before 3.53 with foreign keys that stay on. */
export function withKeysOn(options: Parameters<typeof sqliteDialect>[0]): UnloadedDialect {
  const changed = changedDialect(sqliteDialect(options), (dialect) =>
    withStepParts(
      {
        ...dialect,
        capabilities: { ...dialect.capabilities, foreignKeysStayOn: true },
        introspection: introspectionFor({ foreignKeysStayOn: true }),
      },
      async () => stepPartsFor({ foreignKeysStayOn: true, older: undefined, dialectFor: () => dialect }),
    ),
  )
  const { connection } = changed
  return {
    ...changed,
    connection: { ...connection, connect: async (request) => checked(await connection.connect(request)) },
  }
}

export const upgradeOf = (upgrade: Revision['upgrade']): Revision[] => [
  { revision: 'c0ffee000001', downRevision: null, upgrade },
]

/** Runs one revision on a file with foreign keys that stay on. */
export async function migrateWithKeysOn(
  options: Parameters<typeof sqliteDialect>[0],
  upgrade: Revision['upgrade'],
): Promise<void> {
  await migratorOf(withKeysOn(options), upgradeOf(upgrade)).upgrade('head')
}

/** The usual rebuild where foreign keys stay on and the dialect is not told: what D1 makes of a list that switches them off. */
export async function migrateAsUsual(file: string, upgrade: Revision['upgrade']): Promise<void> {
  const dialect = sqliteDialect({ url: file })
  const { connection } = dialect
  const connect: typeof connection.connect = async (request) => {
    const session = await connection.connect(request)
    const begin = session.begin.bind(session)
    return Object.assign(session, {
      begin: ({ foreignKeys: _, ...options }: Parameters<typeof begin>[0] = {}) => begin(options),
    })
  }
  await migratorOf({ ...dialect, connection: { ...connection, connect } }, upgradeOf(upgrade)).upgrade('head')
}
