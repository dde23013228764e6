import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'

/** The dialect as that version of SQLite speaks it. */
async function dialectOf(version: string, url: string): Promise<UnloadedDialect> {
  const dialect = (await sqliteDialect({ url }).load()).script?.forServer?.(version)
  if (dialect === undefined) throw new Error(`${version} is not supported`)
  return dialect
}

/** What an application has whose SQLite is of that version: its sessions speak no newer dialect. */
export function sqliteOf(version: string, url: string): UnloadedDialect {
  const base = sqliteDialect({ url })
  const connect: UnloadedDialect['connection']['connect'] = async (options) =>
    Object.assign(await base.connection.connect(options), { dialect: await dialectOf(version, url) })
  return { ...base, connection: { ...base.connection, connect } }
}
