import type { EventEmitter } from 'node:events'
import type { Duplex } from 'node:stream'
import { dependsOnType, type Parameter, type ResultColumn, writerFor } from '../../types/values.ts'
import type { DriverResult, DriverStatement } from './driver.ts'
import { StatementReader } from './statement-reader.ts'

/** The protocol as pg writes it: https://github.com/brianc/node-postgres/blob/master/packages/pg/lib/connection.js */
export interface PgWire extends EventEmitter {
  readonly stream: Partial<Pick<Duplex, 'cork' | 'uncork'>>
  parse(options: { readonly text: string; readonly name: string; readonly types: readonly number[] }): void
  describe(options: { readonly type: 'S'; readonly name: string }): void
  bind(options: { readonly statement: string; readonly values: readonly (string | null)[] }): void
  execute(options: { readonly portal: string; readonly rows: number }): void
  query(text: string): void
  flush(): void
  sync(): void
  sendCopyFail(message: string): void
}

/** Of a name in the server. */
export interface PreparedName {
  readonly name: string
  readonly types: readonly number[]
  readonly columns: readonly ResultColumn[] | null
}

export interface PgStatement {
  readonly statement: DriverStatement
  answer: StatementReader
  /** In the server; empty where it has none. */
  name: string
  /** Absent: its text goes along. */
  prepared: PreparedName | undefined
  /** Its values wait for their types. */
  isDescribing: boolean
  types: readonly number[]
  error: unknown
  /** The failure of the first time, where it was sent once more. */
  retried: unknown
  resolve(result: DriverResult): void
  reject(error: unknown): void
}

const textOf = (value: Parameter, type: number): string | null => (value === null ? null : writerFor(type)(value))

export function pgStatement(
  statement: DriverStatement,
  { name, prepared }: Pick<PgStatement, 'name' | 'prepared'>,
  resolve: PgStatement['resolve'],
  reject: PgStatement['reject'],
): PgStatement {
  const answer = new StatementReader(prepared?.columns)
  const types = prepared?.types ?? []
  return {
    statement,
    answer,
    name,
    prepared,
    isDescribing: false,
    types,
    error: undefined,
    retried: undefined,
    resolve,
    reject,
  }
}

/** Without its values, where their texts depend on types that the server has to tell first. */
export function writeStatement(wire: PgWire, pending: PgStatement): void {
  const { sql, params, several } = pending.statement
  if (several) {
    wire.query(sql)
    return
  }
  if (pending.prepared === undefined) {
    wire.parse({ text: sql, name: pending.name, types: [] })
    wire.describe({ type: 'S', name: pending.name })
    pending.isDescribing = params.some(dependsOnType)
    if (pending.isDescribing) {
      wire.flush()
      return
    }
  }
  writeValues(wire, pending)
}

export function writeValues(wire: PgWire, pending: PgStatement): void {
  const { statement, name, types } = pending
  try {
    wire.bind({ statement: name, values: statement.params.map((value, at) => textOf(value, types[at] ?? 0)) })
    wire.execute({ portal: '', rows: 0 })
  } catch (error) {
    // A value that has no form in its place: the server has only read the text.
    pending.error = error
  }
  wire.sync()
}
