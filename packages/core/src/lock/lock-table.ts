import { bigint, integer, varchar } from '../declare/column.ts'
import type { ColumnType } from '../model/column-type.ts'
import type { ColumnModel, TableModel } from '../model/schema-model.ts'

const needed = (name: string, type: ColumnType): ColumnModel => ({ name, type, nullable: false })
const given = (name: string, type: ColumnType): ColumnModel => ({ name, type, nullable: true })

/** The row that is the lock, and the row in which a lease is renewed: renewing must not wait for who works under the lock. */
export const rowIds = { lock: 1n, beat: 2n } as const

/** What the columns mean. A release that changes the meaning gives another number, and older ones then refuse to guess. */
export const protocol = 1n

/** Who runs: two rows for each history of the database, made once. The epoch only grows, so that a former owner can be distinguished from the current one. */
export function lockTable(name: string): TableModel {
  return {
    ref: { name },
    columns: [
      // Names of histories that differ only in case are different ones.
      { ...needed('history', varchar(255)), native: { mysql: 'varchar(255) COLLATE utf8mb4_0900_bin' } },
      needed('id', integer()),
      needed('protocol', integer()),
      needed('epoch', bigint()),
      given('owner', varchar(64)),
      given('session', varchar(255)),
      given('host', varchar(255)),
      given('user_name', varchar(255)),
      given('tool_version', varchar(32)),
      given('revision', varchar(64)),
      given('since_ms', bigint()),
      given('lease_ms', bigint()),
      given('beat_ms', bigint()),
    ],
    constraints: [{ kind: 'primaryKey', name: `${name}_pk`, columns: ['history', 'id'] }],
    indexes: [],
    options: {},
  }
}
