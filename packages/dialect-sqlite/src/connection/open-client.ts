import type { ConnectOptions, Waiting } from '@org/migrate-core/dialect'
import { Connection } from './connection.ts'
import type { Connector } from './connector.ts'
import type { Driver } from './driver.ts'
import type { Database } from './drivers/handle.ts'
import type { SqliteDriverName } from './drivers/names.ts'
import { adopt, fileOf, type SqliteClient } from './drivers/open-client.ts'
import { type MemoryTurn, SqliteSession } from './session.ts'

/** The use of one client: its sessions take turns, and while there are any its settings are ours. */
interface ClientUse {
  readonly turn: MemoryTurn
  sessions: number
  restore: () => void
}

const uses = new WeakMap<SqliteClient, ClientUse>()

/** Waiting for a lock is done outside the driver, which would stop the event loop. */
const settings = [
  ['busy_timeout', '0'],
  ['foreign_keys', '1'],
] as const

/** Sets what our sessions need; gives what puts it back. */
function prepareSettings(db: Database): () => void {
  const found = settings.map(([name]) => [name, String(db.pragma(name, { simple: true }))] as const)
  const set = (values: readonly (readonly [name: string, value: string])[]): void => {
    for (const [name, value] of values) db.pragma(`${name} = ${value}`)
  }
  set(settings)
  return () => {
    if (db.open) set(found)
  }
}

function beginUse(client: SqliteClient, db: Database): ClientUse {
  const use = uses.get(client) ?? { turn: {}, sessions: 0, restore: () => undefined }
  uses.set(client, use)
  if (use.sessions === 0) use.restore = prepareSettings(db)
  use.sessions += 1
  return use
}

function endUse(use: ClientUse): void {
  use.sessions -= 1
  if (use.sessions === 0) use.restore()
}

/** Sessions on an open client of the application, which is never closed. No functions of ours are left in it. */
export function clientConnector(client: SqliteClient, name: SqliteDriverName, waiting: Waiting): Connector {
  const database = fileOf(client)
  const choice = { name, why: 'an open client of the application' }
  const adopted = async (): Promise<{ readonly db: Database; readonly driver: Driver }> => {
    const { db, open } = await adopt(client, name)
    const plain: Driver['plain'] = (file, options = {}) => open(file, options)
    return { db, driver: { choice, encrypted: false, functions: false, open: plain, plain } }
  }
  const connect = async (request: ConnectOptions): Promise<SqliteSession> => {
    const { db, driver } = await adopted()
    const use = beginUse(client, db)
    const options = { ...waiting, ...request }
    const connection = new Connection(db, {
      database,
      waiting: options,
      functions: false,
      ...(database === ':memory:' ? {} : { driver }),
      release: () => endUse(use),
    })
    return new SqliteSession(connection, use.turn, options)
  }
  return {
    database,
    connect,
    driver: async () => choice,
    functions: async () => false,
    openShadow: async () => {
      const { driver } = await adopted()
      return new Connection(driver.plain(':memory:'), { database: ':memory:', waiting, functions: false })
    },
  }
}
