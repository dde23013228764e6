import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { conformance, type SubjectDatabase } from '@org/migrate-conformance'
import type { CompileTable, Dialect, SchemaModel, Session, Statement, TableModel } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import Database from 'better-sqlite3'
import { afterAll, describe, expect, test } from 'vitest'
import { features, fragments } from './subjects.ts'

/** What an author of a dialect could get wrong, and the test of the suite that has to fail then. */
interface Defect {
  readonly shownBy: string
  readonly dialect?: (dialect: Dialect) => Partial<Dialect>
  readonly session?: (session: Session) => Partial<Session>
}

const rewritten =
  (from: RegExp, to: string) =>
  (statements: readonly Statement[]): readonly Statement[] =>
    statements.map((statement) => ({ ...statement, sql: statement.sql.replace(from, to) }))

const tables =
  (change: (table: TableModel) => TableModel) =>
  ({ introspection }: Dialect): Partial<Dialect> => ({
    introspection: {
      ...introspection,
      schema: async (session): Promise<SchemaModel> => {
        const model = await introspection.schema(session)
        return { ...model, tables: new Map([...model.tables].map(([key, table]) => [key, change(table)])) }
      },
    },
  })

const compiling =
  (change: (table: CompileTable) => Partial<CompileTable>) =>
  ({ compiler }: Dialect): Partial<Dialect> => ({
    compiler: { ...compiler, table: { ...compiler.table, ...change(compiler.table) } },
  })

const defects: { readonly [what: string]: Defect } = {
  'a unique index is a plain one': {
    shownBy: 'operations: createIndex: unique',
    dialect: compiling(({ createIndex }) => ({
      createIndex: (around) => rewritten(/UNIQUE /, '')(createIndex(around)),
    })),
  },
  'what the server cannot do is nothing': {
    shownBy: 'operations: createSequence: plain',
    dialect: compiling(() => ({ createSequence: () => [] })),
  },
  'the rows are left behind in a rename': {
    shownBy: 'operations: renameTable: with what refers to it',
    dialect: compiling(({ renameTable }) => ({
      renameTable: (around) => [
        ...renameTable(around),
        ...rewritten(/.*/s, 'DELETE FROM "thing"')(renameTable(around)),
      ],
    })),
  },
  'names are equal by any case': {
    shownBy: 'operations: renameTable: to another case of its name',
    dialect: compiling(({ renameTable }) => ({
      renameTable: (around) => renameTable(around).filter(({ sql }) => !sql.includes('"Item"')),
    })),
  },
  'an index is not read': {
    shownBy: 'operations: createIndex: plain',
    dialect: tables((table) => ({ ...table, indexes: [] })),
  },
  'a default is not read': {
    shownBy: 'random models: 100 random models come back as they were declared',
    dialect: tables((table) => ({ ...table, columns: table.columns.map(({ default: _, ...column }) => column) })),
  },
  'names are read in lower case': {
    shownBy: 'names: "Group By" names whatever has a name, there and back',
    dialect: tables((table) => ({
      ...table,
      columns: table.columns.map((column) => ({ ...column, name: column.name.toLowerCase() })),
    })),
  },
  'a whole number is a number of JavaScript': {
    shownBy: 'values: every type comes back in the JavaScript type that it has everywhere',
    session: (session) => ({
      query: async (sql, params) =>
        (await session.query(sql, params)).map((row) =>
          Object.fromEntries(
            Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]),
          ),
        ),
    }),
  },
  'a savepoint takes nothing back': {
    shownBy: 'data steps: a transaction in a step that throws takes back its own work, and no other',
    session: () => ({ savepoint: (body) => body() }),
  },
  'DDL is taken for a query': {
    shownBy: 'data steps: DDL, settings and transaction control are refused in a step',
    dialect: ({ sql }) => ({
      sql: { ...sql, classify: (text) => sql.classify(/^(CREATE|DROP)/.test(text) ? 'SELECT 1' : text) },
    }),
  },
  'keys are equal by any case': {
    shownBy: 'keys: keys that differ only in case, accents or a blank at the end stay apart',
    dialect: compiling(({ createTable }) => ({
      createTable: (around) => rewritten(/VARCHAR\(20\)/g, 'VARCHAR(20) COLLATE NOCASE')(createTable(around)),
    })),
  },
  'an empty text is NULL': {
    shownBy: 'preserved values: restore gives back every kind of value, NULL and the empty ones too',
    session: (session) => ({
      execute: (sql, params) =>
        session.execute(
          sql,
          params?.map((value) => (value === '' && /UPDATE "?cell/i.test(sql) ? null : value)),
        ),
    }),
  },
  'a check is not sent': {
    shownBy: 'checks: few rows are all named',
    dialect: compiling(() => ({ expectNone: () => [] })),
  },
  'NULL is copied as an empty text': {
    shownBy: 'failures: rows that NOT NULL does not allow stop it, and stay as they are',
    session: (session) => ({
      copy: (spec, options) =>
        session.copy({ ...spec, sources: spec.sources.map((source) => `COALESCE(${source}, '')`) }, options),
      query: async (sql, params) => (/IS NULL/.test(sql) ? [] : session.query(sql, params)),
    }),
  },
  'foreign keys are off in a rebuild, and not looked at after it': {
    shownBy: 'failures: rows that a foreign key does not allow stop it, and stay as they are',
    session: (session) => ({
      query: async (sql, params) => (/foreign_key_check/.test(sql) ? [] : session.query(sql, params)),
      begin: async () => {
        await session.execute('PRAGMA foreign_keys = OFF')
        await session.execute('BEGIN')
        return {
          commit: async () => void (await session.execute('COMMIT')),
          rollback: async () => void (await session.execute('ROLLBACK')),
        }
      },
    }),
  },
  'a revision that fails is committed': {
    shownBy: 'failures: a revision that fails in its middle leaves nothing, or resumes from there when it is run again',
    session: (session) => ({
      begin: async (options) => {
        const scope = await session.begin(options)
        return { commit: () => scope.commit(), rollback: () => scope.commit() }
      },
    }),
  },
}

function withDefect(dialect: Dialect, defect: Defect): Dialect {
  const broken = (own: Dialect): Dialect => ({ ...own, ...defect.dialect?.(own) })
  return {
    ...broken(dialect),
    connection: {
      ...dialect.connection,
      connect: async (options) => {
        const session = await dialect.connection.connect(options)
        const changed: Partial<Session> = defect.session?.(session) ?? {}
        return new Proxy(session, {
          get(target, key) {
            if (key === 'dialect') return broken(dialect)
            const value: unknown = Reflect.get(key in changed ? changed : target, key)
            return typeof value === 'function' && !(key in changed) ? value.bind(target) : value
          },
        })
      },
    },
  }
}

describe('the conformance suite fails where', () => {
  const folder = mkdtempSync(join(tmpdir(), 'migrate-planted-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  let files = 0

  const open = (defect: Defect) => async (): Promise<SubjectDatabase> => {
    const file = join(folder, `${files++}.db`)
    const client = new Database(file)
    return {
      dialect: withDefect(await sqliteDialect({ url: `sqlite:${file}` }).load(), defect),
      sql: async (text) => {
        const statement = client.prepare(text)
        if (statement.reader) return statement.all() as Record<string, unknown>[]
        statement.run()
        return []
      },
      close: async () => void client.close(),
    }
  }
  const failure = async (title: string, defect: Defect): Promise<unknown> => {
    const tests = conformance({
      open: open(defect),
      transactional: true,
      fragments: fragments.sqlite,
      random: features.sqlite,
      randomModels: { seed: 1 },
    })
    const one = tests.find((each) => each.title === title)
    if (one === undefined) throw new Error(`there is no test ${title}`)
    return one.run().then(
      () => undefined,
      (error: unknown) => error,
    )
  }

  test.each(Object.entries(defects))('%s', async (_what, defect) => {
    expect(await failure(defect.shownBy, { shownBy: '' })).toBeUndefined()
    expect(await failure(defect.shownBy, defect)).toBeInstanceOf(Error)
  })
})
