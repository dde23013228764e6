import { MigrateError } from '@org/migrate-core/connection'
import { handleOf } from './driver-handle.ts'
import type { Binding, Database, OpenHandle } from './handle.ts'
import { namedCode } from './named-code.ts'
import type { PreparedStatement, SchemaChanges, StatementText } from './statement.ts'

/** What is used of `node:sqlite`, which the types of Node 20 do not know. */
interface BuiltinStatement {
  all(...values: readonly Binding[]): unknown[]
  get(...values: readonly Binding[]): unknown
  run(...values: readonly Binding[]): { readonly changes: number | bigint; readonly lastInsertRowid: number | bigint }
  columns(): readonly { readonly name: string; readonly type: string | null }[]
  setReadBigInts(on: boolean): void
  setReturnArrays(on: boolean): void
}

export interface BuiltinDatabase {
  readonly isOpen: boolean
  readonly isTransaction: boolean
  prepare(sql: string): BuiltinStatement
  exec(sql: string): void
  function: NonNullable<Database['function']>
  close(): void
}

interface Builtin {
  readonly DatabaseSync: new (file: string, options: { readonly [option: string]: unknown }) => BuiltinDatabase
  backup(
    source: BuiltinDatabase,
    file: string,
    options: { readonly rate: number; readonly progress: () => void },
  ): Promise<unknown>
}

/** Its warning that it is experimental is for who chose it. */
function builtin(): Builtin {
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    const module = process.getBuiltinModule('node:sqlite')
    if (module === undefined) throw new Error('node:sqlite is switched off in this process')
    return module as unknown as Builtin
  } finally {
    process.emitWarning = emitWarning
  }
}

const named = <T>(work: () => T): T => namedCode('errcode', work)

const isText = (value: unknown): boolean => typeof value === 'string'

type Row = readonly unknown[]

class NodeStatement implements PreparedStatement {
  readonly #text: StatementText
  readonly #prepare: () => BuiltinStatement
  /** Refuses to give texts that are cut; absent where none are. */
  readonly #whole: ((columns: number, values: readonly Binding[]) => void) | undefined
  readonly #schema: SchemaChanges
  #statement: BuiltinStatement
  /** The number of the schema that it was prepared on. */
  #prepared: number
  readonly reader: boolean

  constructor(
    text: StatementText,
    how: {
      readonly prepare: () => BuiltinStatement
      readonly whole: ((columns: number, values: readonly Binding[]) => void) | undefined
      readonly schema: SchemaChanges
    },
  ) {
    this.#text = text
    this.#prepare = how.prepare
    this.#whole = how.whole
    this.#schema = how.schema
    this.#prepared = how.schema.changes
    this.#statement = how.prepare()
    this.reader = this.#statement.columns().length > 0
  }

  columns() {
    return this.#statement.columns()
  }

  #all(values: readonly Binding[], first: boolean): readonly Row[] {
    const rows = first ? [this.#statement.get(...values)] : this.#statement.all(...values)
    return rows.filter((row) => row !== undefined) as Row[]
  }

  #recreate(): void {
    this.#prepared = this.#schema.changes
    this.#statement = this.#prepare()
  }

  /** Node 22 counts the columns before SQLite prepares again what DDL made stale: a row then lacks the new ones. */
  rows(values: readonly Binding[], first: boolean): readonly Row[] {
    return named(() => {
      if (this.#prepared !== this.#schema.changes) this.#recreate()
      let rows = this.#all(values, first)
      const isStale = (): boolean => rows[0] !== undefined && rows[0].length !== this.columns().length
      if (isStale()) {
        // Another connection changed the table. What writes can't be sent a second time.
        if (!this.#text.startsWith('SELECT', 'VALUES', 'PRAGMA'))
          throw new Error(`the columns of ${this.#text.sql} have changed`)
        this.#recreate()
        rows = this.#all(values, first)
      }
      if (this.#whole !== undefined && rows.some((row) => row.some(isText))) this.#whole(this.columns().length, values)
      return rows
    })
  }

  run(values: readonly Binding[]) {
    if (!this.#text.countsRows) this.#schema.changes += 1
    return named(() => this.#statement.run(...values))
  }
}

/**
 * Node 22 ends a text at its first NUL when it reads it. Better no value than another one: what gives text is asked for such a text
 * a second time. Only statements that read can be asked; what others return was just written.
 */
function requireWhole(db: BuiltinDatabase, { sql }: StatementText, width: number, values: readonly Binding[]): void {
  const columns = Array.from({ length: width }, (_, at) => `c${at}`)
  const cut = columns.map((c) => `(typeof(${c}) = 'text' AND instr(${c}, char(0)) > 0)`)
  let check: BuiltinStatement
  try {
    check = db.prepare(
      `WITH migrate_read(${columns.join(', ')}) AS (${sql}\n) SELECT 1 FROM migrate_read WHERE ${cut.join(' OR ')} LIMIT 1`,
    )
  } catch {
    return
  }
  if (check.get(...values) === undefined) return
  const why = `node:sqlite of Node ${process.versions.node} ends a text at its first NUL character, and a text that was read has one`
  throw new MigrateError('UNSUPPORTED', { dialect: 'sqlite', operation: sql, why }, `${sql}: ${why}.`, {
    remedy: 'Install better-sqlite3 beside your program, or use Node 24.',
  })
}

/** The database that Node brings along: https://nodejs.org/api/sqlite.html. */
function adopted({ backup }: Builtin, db: BuiltinDatabase, cutsText: boolean): Database {
  const schema: SchemaChanges = { changes: 0 }
  return handleOf({
    isOpen: () => db.isOpen,
    isInTransaction: () => db.isTransaction,
    prepare(text, bigints) {
      const prepare = (): BuiltinStatement => {
        const statement = named(() => db.prepare(text.sql))
        statement.setReadBigInts(bigints)
        statement.setReturnArrays(true)
        return statement
      }
      const whole = cutsText
        ? (columns: number, values: readonly Binding[]): void => requireWhole(db, text, columns, values)
        : undefined
      return new NodeStatement(text, { prepare, whole, schema })
    },
    exec(sql) {
      schema.changes += 1
      named(() => db.exec(sql))
    },
    function: (...how) => db.function(...how),
    /** It continues to its end in any case: what `progress` throws is thrown then. */
    async backup(file, { progress }) {
      const thrown: unknown[] = []
      const onProgress = (): void => {
        try {
          progress()
        } catch (error) {
          thrown.push(error)
        }
      }
      await backup(db, file, { rate: progress(), progress: onProgress })
      if (thrown.length > 0) throw thrown[0]
    },
    close: () => db.close(),
  })
}

let cuts: boolean | undefined

/** Asked of memory: a statement reads the schema first, and the database itself may be locked. */
function cutsTexts({ DatabaseSync }: Builtin): boolean {
  const db = new DatabaseSync(':memory:', {})
  try {
    return (db.prepare(`SELECT 'a' || char(0) || 'b' AS text`).get() as { readonly text: string }).text === 'a'
  } finally {
    db.close()
  }
}

/** A path with a scheme is a URI for SQLite; that one alone can say that no file is to be made. */
export function locationOf(file: string, fileMustExist: boolean): string {
  return fileMustExist ? `file:${encodeURI(file).replaceAll('?', '%3f').replaceAll('#', '%23')}?mode=rw` : file
}

/** The SQLite of Node itself. */
export function load(): { readonly open: OpenHandle; adopt(client: BuiltinDatabase): Database } {
  const module = builtin()
  const { DatabaseSync } = module
  const adopt = (db: BuiltinDatabase): Database => {
    cuts ??= cutsTexts(module)
    return adopted(module, db, cuts)
  }
  const open: OpenHandle = (file, { fileMustExist = false }) =>
    adopt(named(() => new DatabaseSync(locationOf(file, fileMustExist), { timeout: 0, defensive: false })))
  return { open, adopt }
}
