import { isMigrateError } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import type Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { migratorOf } from '../../../kit/migrator.ts'
import { caseSeed, onlyCase, random, runSeed } from '../../../kit/random.ts'
import { counts } from '../../../kit/scale.ts'
import { database, raw } from '../rebuild/kit.ts'
import { type Change, randomChange } from './changes.ts'
import { randomSchema } from './schemas.ts'

const seed = runSeed()

/** Errors by which a change is refused before anything is touched, or announced. */
const refusals = [
  'DEPENDENT_OBJECTS',
  'UNSUPPORTED',
  'INVALID_OPERATION',
  'IRREVERSIBLE',
  'BLOCKING_ROWS',
  'FOREIGN_KEY_VIOLATION',
  'STATEMENT_FAILED',
]

/** RENAME quotes the new name; layout and comments are no part of a definition. Each item of a table is a line. */
function linesOf(sql: string): readonly string[] {
  const plain = sql
    .replaceAll(/\/\*.*?\*\//g, '')
    .replaceAll(/"(\w+)"|\[(\w+)\]|`(\w+)`/g, '$1$2$3')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ?([(),]) ?/g, '$1')
    .replaceAll("DEFAULT(x'00ff')", "DEFAULT x'00ff'")
    // Words that may be left out: https://www.sqlite.org/gencol.html
    .replaceAll('GENERATED ALWAYS ', '')
    // One type, where no key is over it.
    .replaceAll(/\bcol_g_(\w+) INT AS/g, 'col_g_$1 INTEGER AS')
    // Two spellings of one affinity: https://www.sqlite.org/datatype3.html
    .replaceAll('NUMERIC', 'DECIMAL')
    .replaceAll(/(AS\(col_\w+ \|\| '-'\)) ?VIRTUAL/g, '$1')
    // SQLite reads it, and does nothing with it: https://www.sqlite.org/lang_conflict.html
    .replaceAll(/(CHECK\(\w+ IS NOT 'a;b'\))ON CONFLICT \w+/g, '$1')
  const lines = ['']
  let depth = 0
  for (const [token] of plain.matchAll(/'(?:[^']|'')*'|[(),]|[^'(),]+/g)) {
    if (token === ')') depth -= 1
    if (depth === 0 && token === ')') lines.push('')
    if (token === ',' && depth === 1) lines.push('')
    else lines.push(`${lines.pop()}${token}`)
    if (depth === 0 && token === '(') lines.push('')
    if (token === '(') depth += 1
  }
  return lines
}

/** Keys number their indexes in their order, which is none. */
const unnumbered = (fact: string): string => fact.replaceAll(/(autoindex_\w+?)_\d+/g, '$1')

const ours = (name: unknown): boolean => String(name).startsWith('migrate_')

/** What SQLite itself keeps and answers of every object, one fact a line. */
function factsOf(db: Database.Database): readonly string[] {
  const objects = db.prepare('SELECT type, name, tbl_name AS owner, sql FROM sqlite_schema ORDER BY name').all() as {
    readonly type: string
    readonly name: string
    readonly owner: string
    readonly sql: string | null
  }[]
  return objects
    .filter(({ owner }) => !ours(owner))
    .flatMap(({ type, name, owner, sql }) => {
      const lines = linesOf(sql ?? '').map((line) => `sql ${type} ${name} ${owner} ${line.trim()}`)
      if (type === 'table') return [...lines, ...tableFacts(db, name)]
      if (type !== 'index') return lines
      const columns = db.prepare('SELECT seqno, name, "desc", coll, key FROM pragma_index_xinfo(?)').raw().all(name)
      return [...lines, `index_xinfo ${owner} ${name} ${json(columns)}`]
    })
    .map((fact) => unnumbered(fact).replace('"INT"', '"INTEGER"').replace('"NUMERIC"', '"DECIMAL"'))
}

const json = (value: unknown): string =>
  JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? Number(each) : each))

function tableFacts(db: Database.Database, name: string): readonly string[] {
  const query = (sql: string) => db.prepare(sql).raw().all(name) as unknown[][]
  const columns = query('SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?)')
  const keys = query('SELECT "table", "from", "to", on_update, on_delete, "match" FROM pragma_foreign_key_list(?)')
  const lists = query('SELECT wr, strict FROM pragma_table_list(?)')
  const indexes = query('SELECT name, "unique", origin, partial FROM pragma_index_list(?)')
  return [
    ...columns.map((column) => `table_xinfo ${name} ${json(column)}`),
    ...keys.map((key) => `foreign_key_list ${name} ${json(key)}`),
    ...lists.map((list) => `table_list ${name} ${json(list)}`),
    ...indexes.map((index) => `index_list ${name} ${json(index)}`),
  ]
}

interface Snapshot {
  readonly facts: readonly string[]
  readonly columns: readonly string[]
  /** Rows by the names of their columns, and the highest numbers that were given out. */
  readonly rows: unknown
  readonly broken: readonly string[]
}

function snapshot(file: string): Snapshot {
  return raw(file, (db) => {
    const names = (type: string) =>
      db.prepare('SELECT name FROM sqlite_schema WHERE type = ? ORDER BY name').pluck().all(type) as string[]
    const tables = names('table').filter((name) => !ours(name) && !name.startsWith('sqlite_stat'))
    const columns = tables.map((name) => {
      const all = db.prepare('SELECT name FROM pragma_table_xinfo(?) ORDER BY cid').pluck().all(name) as string[]
      return `${name}: ${all.join(', ')}`
    })
    const rows = tables.map((name) => [
      name,
      (db.prepare(`SELECT * FROM "${name}"`).all() as Record<string, unknown>[])
        .filter((row) => !ours(row.name))
        .map((row) => json(Object.entries(row).sort())),
    ])
    const broken = names('view').filter((view) => {
      try {
        db.prepare(`SELECT * FROM "${view}"`)
        return false
      } catch {
        return true
      }
    })
    return { facts: factsOf(db), columns, rows, broken }
  })
}

function expectUntouched(before: Snapshot, after: Snapshot, { changes, what }: Change): void {
  const [from, to] = changes
  expect(after.broken, what).toEqual([])
  if (typeof from === 'string' && typeof to === 'string') {
    const renamed = before.facts.map((fact) =>
      fact.replaceAll(new RegExp(`(?<=\\b|autoindex_)${from}(?=\\b)`, 'g'), () => to),
    )
    expect([...after.facts].sort(), what).toEqual([...renamed].sort())
    return
  }
  const otherFacts = ({ facts }: Snapshot) =>
    facts.filter((fact) => !changes.some((change) => change instanceof RegExp && change.test(fact))).sort()
  expect(otherFacts(after), what).toEqual(otherFacts(before))
}

async function attempt(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work
    return undefined
  } catch (error) {
    if (!isMigrateError(error)) throw error
    expect(refusals, error.message).toContain(error.code)
    return `${error.code}: ${error.message}`
  }
}

async function prove(at: number): Promise<string> {
  const draw = random(caseSeed(seed, at))
  const schema = randomSchema(draw)
  const file = database('')
  for (const statement of [...schema.statements, ...schema.rows]) {
    const refused = raw(file, (db) => {
      try {
        db.exec(statement)
        return undefined
      } catch (error) {
        return String(error)
      }
    })
    if (refused !== undefined) return `sqlite: ${refused} ${statement}`
  }
  const change = randomChange(draw, schema)
  const before = snapshot(file)
  const migrator = migratorOf(sqliteDialect({ url: `sqlite:${file}` }), [
    { revision: 'r1', downRevision: null, upgrade: change.upgrade },
  ])
  const refused = await attempt(migrator.upgrade())
  if (refused !== undefined) {
    expect(snapshot(file), `${change.what}: ${refused}`).toEqual(before)
    return `${change.what}: ${refused}`
  }
  const upgraded = snapshot(file)
  expectUntouched(before, upgraded, change)
  const irreversible = await attempt(migrator.downgrade('base'))
  if (irreversible !== undefined) {
    // Rows that referred to those of a dropped table: the key cannot come back over them.
    // And a column that comes back with its default, the same in all rows, cannot be under its unique key again, nor refer to a row that is
    // not there; nor be in a strict table at all where its default is of another type.
    const reasons =
      /^(?:IRREVERSIBLE|STATEMENT_FAILED: add column .* failed: (?:UNIQUE constraint failed|cannot store TEXT value in))/
    const isOfKey = change.what.startsWith('drop column') && irreversible.startsWith('FOREIGN_KEY_VIOLATION')
    if (!change.what.includes('cascade') && !isOfKey) expect(irreversible, change.what).toMatch(reasons)
    expect(snapshot(file), change.what).toEqual(upgraded)
    return `${change.what}: ${irreversible}`
  }
  const after = snapshot(file)
  // A key in the definition of a column comes back as one of the table: foreign_key_list says that it is the same.
  const definitions = ({ facts }: Snapshot) =>
    facts.filter((fact) => !change.what.includes('cascade') || !fact.startsWith('sql table tab_q')).sort()
  expect(definitions(after), change.what).toEqual(definitions(before))
  if (change.comesBackLast !== true) expect(after.columns, change.what).toEqual(before.columns)
  // What a conversion does to values is the business of test/unit/losses.
  if (!/^(?:drop|another type)/.test(change.what)) expect(after.rows, change.what).toEqual(before.rows)
  return `${change.what}: same`
}

describe(`objects of a random schema of SQLite (TEST_SEED=${seed})`, () => {
  const outcomes: string[] = []
  for (let at = 0; at < counts.recreatedObjects * 4; at += 1) {
    if ((onlyCase() ?? at) !== at) continue
    it(`are what they were after an upgrade and its derived downgrade: ${at}`, async () => {
      outcomes.push(await prove(at))
    })
  }

  it('and most of them are changed and come back', () => {
    if (process.env.TEST_OUTCOMES) console.log(outcomes.sort().join('\n'))
    const same = outcomes.filter((outcome) => outcome.endsWith(': same'))
    if (onlyCase() === undefined) expect(same.length, outcomes.join('\n')).toBeGreaterThan(outcomes.length / 3)
  })
})
