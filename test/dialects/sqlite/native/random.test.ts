import { copyFileSync } from 'node:fs'
import { schemaDifferences } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import Database from 'better-sqlite3'
import { beforeEach, expect, test } from 'vitest'
import { cursorOn } from '../../../../packages/dialect-sqlite/src/ddl/cursor.ts'
import { createHead } from '../../../../packages/dialect-sqlite/src/ddl/parse-table.ts'
import { migratorOf } from '../../../kit/migrator.ts'
import { caseSeed, onlyCase, runSeed } from '../../../kit/random.ts'
import { counts } from '../../../kit/scale.ts'
import { skipBefore353 } from '../../../kit/sqlite-client/needs-driver.ts'
import { build } from '../rebuild-properties/build.ts'
import { caseOf } from '../rebuild-properties/generate-case.ts'
import { generateChanges } from '../rebuild-properties/generate-changes.ts'
import { record } from '../rebuild-properties/record.ts'
import { errorText, rootpage, temporaryFolder } from '../rebuild-properties/run-case.ts'
import { snapshotText, takeSnapshot } from '../rebuild-properties/snapshot.ts'
import type { CaseSpec, Change } from '../rebuild-properties/spec.ts'
import { sqliteOf } from './kit.ts'

beforeEach(skipBefore353)

/** Everything but where the table lies in the file, and how its name is quoted: RENAME TO writes it into the text. */
function facts(file: string, table: string): string {
  const db = new Database(file)
  try {
    const snapshot = takeSnapshot(db)
    const objects = snapshot.objects.map(({ sql, ...one }) => ({
      ...one,
      rootpage: 0,
      sql:
        one.type === 'table' && one.name === table ? (sql?.slice(createHead(cursorOn(sql), 'TABLE').end) ?? null) : sql,
    }))
    return snapshotText({ ...snapshot, objects })
  } finally {
    db.close()
  }
}

async function modelOf(file: string) {
  const dialect = await sqliteDialect({ url: `sqlite:${file}` }).load()
  const session = await dialect.connection.connect({ purpose: 'inspect' })
  try {
    const model = await dialect.introspection.schema(session)
    return { ...model, tables: new Map([...model.tables].map(([key, one]) => [key, dialect.model.normalise(one)])) }
  } finally {
    await session.close()
  }
}

/** What the two databases differ in, but for the bookkeeping. */
async function differences(a: string, b: string, table: string): Promise<readonly string[]> {
  const [before, after] = [facts(a, table), facts(b, table)]
  return [
    ...schemaDifferences(await modelOf(a), await modelOf(b)).filter((each) => !each.includes('migrate_')),
    ...(before === after ? [] : [`${before}\nis not\n${after}`]),
  ]
}

const weights = [
  [6, 'nullable'],
  [4, 'addCheck'],
  [3, 'dropConstraint'],
] as const

interface CaseChanges {
  readonly table: string
  readonly spec: CaseSpec
  readonly changes: readonly Change[]
}

function make(seed: number, file: string): CaseChanges {
  const { spec, context } = caseOf(seed)
  const db = build(file, spec)
  try {
    const shot = takeSnapshot(db).tables.get(spec.table.name)
    const facts = {
      rows: shot?.rows.length ?? 0,
      hasNull: (column: string) => shot?.rows.some((row) => row.get(column) === 'NULL null') ?? false,
    }
    return { table: spec.table.name, spec, changes: generateChanges(context, spec, facts, weights) }
  } finally {
    db.close()
  }
}

async function pageAfter(file: string, version: string, { table, changes }: CaseChanges): Promise<number | undefined> {
  const revision = { revision: 'c0ffee000001', downRevision: null }
  await migratorOf(sqliteOf(version, `sqlite:${file}`), [
    { ...revision, upgrade: (op) => record(op, table, changes) },
  ]).upgrade()
  const db = new Database(file)
  try {
    return rootpage(db, table)
  } finally {
    db.close()
  }
}

/** Cases are run until so many were changed in place. `TEST_SEED=… TEST_CASE=…` runs one alone. */
test('a change in place leaves the database that a rebuild leaves, whatever the table', async () => {
  const seed = runSeed()
  const only = onlyCase()
  const folder = temporaryFolder()
  const failures: string[] = []
  let nativeCases = 0
  try {
    for (let at = only ?? 0; nativeCases < counts.nativeChanges && at <= (only ?? counts.nativeChanges * 6); at++) {
      const [native, rebuilt] = [`${folder.path}/${at}-native.db`, `${folder.path}/${at}-rebuilt.db`]
      const change = make(caseSeed(seed, at), native)
      if (change.changes.length === 0) continue
      copyFileSync(native, rebuilt)
      const story = `TEST_SEED=${seed} TEST_CASE=${at}\n${change.spec.schema.join(';\n')}\n${JSON.stringify(change.changes)}`
      try {
        const pages = [await pageAfter(native, '3.53.0', change), await pageAfter(rebuilt, '3.52.0', change)]
        if (pages[0] !== pages[1]) nativeCases += 1
        const different = await differences(native, rebuilt, change.table)
        if (different.length > 0) failures.push(`${story}\n${different.join('\n')}`)
      } catch (error) {
        failures.push(`${story}\n${errorText(error)}`)
      }
      if (failures.length >= 3) break
    }
  } finally {
    folder.remove()
  }
  expect(failures.join('\n\n')).toBe('')
  if (only === undefined) expect(nativeCases).toBe(counts.nativeChanges)
})

test('a constraint that is not there after one of the two is seen, and so are a row and a comment', async () => {
  const folder = temporaryFolder()
  const [a, b] = [`${folder.path}/a.db`, `${folder.path}/b.db`]
  const isDetected = async (defect: string): Promise<boolean> => {
    for (const [file, end] of [
      [a, ''],
      [b, defect],
    ] as const) {
      const db = new Database(file).unsafeMode(true)
      db.exec('DROP TABLE IF EXISTS t; CREATE TABLE t (a INT NOT NULL /* of a */, b INT CONSTRAINT k CHECK (b > 0))')
      db.exec(`INSERT INTO t VALUES (1, 2); ${end}`)
      db.close()
    }
    return (await differences(a, b, 't')).length > 0
  }
  try {
    expect(await isDetected('')).toBe(false)
    expect(await isDetected('ALTER TABLE t ALTER COLUMN a DROP NOT NULL')).toBe(true)
    expect(await isDetected('ALTER TABLE t DROP CONSTRAINT k')).toBe(true)
    expect(await isDetected('UPDATE t SET b = 3')).toBe(true)
    expect(
      await isDetected("PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = replace(sql, '/* of a */', '')"),
    ).toBe(true)
  } finally {
    folder.remove()
  }
})
