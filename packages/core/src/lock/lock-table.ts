import { bigint, integer, varchar } from '../declare/column.ts'
import type { ColumnType } from '../model/column-type.ts'
import type { ColumnModel, TableModel } from '../model/schema-model.ts'

const notNull = (name: string, type: ColumnType): ColumnModel => ({ name, type, nullable: false })
const nullable = (name: string, type: ColumnType): ColumnModel => ({ name, type, nullable: true })

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
      { ...notNull('history', varchar(255)), native: { mysql: 'varchar(255) COLLATE utf8mb4_0900_bin' } },
      notNull('id', integer()),
      notNull('protocol', integer()),
      notNull('epoch', bigint()),
      nullable('owner', varchar(64)),
      nullable('session', varchar(255)),
      nullable('host', varchar(255)),
      nullable('user_name', varchar(255)),
      nullable('tool_version', varchar(32)),
      nullable('revision', varchar(64)),
      nullable('since_ms', bigint()),
      nullable('lease_ms', bigint()),
      nullable('beat_ms', bigint()),
    ],
    constraints: [{ kind: 'primaryKey', name: `${name}_pk`, columns: ['history', 'id'] }],
    indexes: [],
    options: {},
  }
}
