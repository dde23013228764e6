import type { Random } from '../../../kit/random.ts'
import { hasDriver } from '../../../kit/sqlite-client/client.mjs'
import type { Ground } from '../../ensure/ground.ts'
import type { DatabaseAccess } from './access.ts'
import { mysqlAccesses } from './mysql.ts'
import { configure, plainSession, postgresAccesses } from './postgres.ts'
import { layOut, sqliteAccesses } from './sqlite.ts'

export interface Installed {
  readonly ground: Ground
  /** How it was reached, and how it is set. */
  readonly log: string[]
  check(): Promise<void>
}

/** The database with settings as real ones have them, reached by another driver each time. */
export async function installed(ground: Ground, from: Random): Promise<Installed> {
  const isSqlite = ground.name === 'sqlite'
  const isPostgres = ground.name.startsWith('postgres')
  const set = isSqlite ? await layOut(ground, from) : isPostgres ? await configure(ground, from) : ''
  const ofSqlite = isSqlite ? sqliteAccesses(ground, from) : undefined
  const accesses: readonly DatabaseAccess[] = ofSqlite
    ? ofSqlite.accesses
    : isPostgres
      ? postgresAccesses(ground, from)
      : mysqlAccesses(ground, from)
  for (const access of accesses) await access.prepare?.()
  const log = [`database: ${set}`, ...accesses.map(({ name }) => `access: ${name}`)]
  return {
    ground: {
      ...ground,
      isSingle: isSqlite,
      sql: (text) => {
        ofSqlite?.copies.use(hasDriver ? 'better-sqlite3' : 'node:sqlite')
        return ground.sql(isPostgres ? `${plainSession} ${text}` : text)
      },
      dialect: () => {
        const access = from.pick(accesses)
        log.push(access.name.split(' with ')[0] ?? '')
        return access.dialect()
      },
    },
    log,
    async check() {
      for (const access of accesses) {
        const changed = await access.check()
        if (changed !== undefined) throw new Error(`the client ${access.name} has other settings: ${changed}`)
      }
    },
  }
}
