import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { boolean, expression, integer, text, varchar } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { afterAll, describe, expect, it } from 'vitest'
import { dialectFor } from '../faults/runner/dialects.ts'
import { line, migratorOf, type Recorded } from '../kit/migrator.ts'
import { describeOnEach, familyOf } from '../kit/servers.ts'
import { executeIn } from '../unit/run/kit.ts'

const createT: Recorded = (op) =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('word', varchar(20), { nullable: false, default: 'new' })
    t.column('low', integer(), { default: 1 })
    t.column('high', integer(), { default: 2 })
    t.column('hint', varchar(20))
    t.primaryKey(['id'])
  })

const violated: readonly (readonly [string, Recorded, string])[] = [
  [
    'a new check',
    (op) => op.addCheck('t', expression("word IN ('open', 'closed')"), { name: 'state' }),
    'the default of t.word, "new", violates its check state: each INSERT without word will fail; give it another default, or none',
  ],
  [
    'a check of two columns',
    (op) => op.addCheck('t', expression('low >= high'), { name: 'ordered' }),
    'the default of t.low, high, 1, 2, violates its check ordered: each INSERT without low, high will fail; give them another default, or none',
  ],
  [
    'a new column',
    (op) => {
      op.addColumn('t', 'size', integer(), { default: 0 })
      op.addCheck('t', expression('size > 0'), { name: 'sized' })
    },
    'the default of t.size, 0, violates its check sized: each INSERT without size will fail; give it another default, or none',
  ],
  [
    'a new table',
    (op) =>
      op.createTable('u', (u) => {
        u.column('id', integer())
        u.column('is_open', boolean(), { default: false })
        u.check(expression('is_open = (1 = 1)'), { name: 'opened' })
      }),
    'the default of u.is_open, false, violates its check opened: each INSERT without is_open will fail; give it another default, or none',
  ],
  [
    'a default under a check',
    (op) => op.alterColumn('t', 'low', { default: -1 }),
    'the default of t.low, -1, violates its check positive: each INSERT without low will fail; give it another default, or none',
  ],
]

const withCheck: Recorded = (op) => {
  createT(op)
  op.addCheck('t', expression('low > 0'), { name: 'positive' })
}

function testNotes(create: () => Promise<{ dialect: UnloadedDialect; insert: (sql: string) => unknown }>): void {
  const notesOf = async (change: Recorded) => {
    const { dialect, insert } = await create()
    const migrator = migratorOf(dialect, line(withCheck, change))
    await migrator.upgrade('r1')
    const { steps } = await migrator.plan('head')
    await migrator.upgrade()
    return { notes: steps.flatMap(({ notes }) => notes), insert: async (text: string) => insert(text) }
  }

  it.each(violated)('is noted by the plan: %s', async (_, change, note) => {
    const { notes, insert } = await notesOf(change)
    expect(notes).toEqual([note])
    await expect(
      insert(note.includes('u.is_open') ? 'INSERT INTO u (id) VALUES (1)' : 'INSERT INTO t (id) VALUES (1)'),
    ).rejects.toThrow()
  })

  it.each<readonly [string, Recorded]>([
    ['where the check holds', (op) => op.addCheck('t', expression("word <> 'old' AND high > low"), { name: 'fine' })],
    [
      'where the check also reads a column without a default',
      (op) => op.addCheck('t', expression("word = 'a' OR hint = 'b'"), { name: 'either' }),
    ],
    ['where the change is another', (op) => op.alterColumn('t', 'hint', { type: text() })],
    [
      'where the same revision corrects it',
      (op) => {
        op.addCheck('t', expression("word <> 'new'"), { name: 'renewed' })
        op.alterColumn('t', 'word', { default: 'old' })
      },
    ],
  ])('is not noted %s', async (_, change) => {
    const { notes, insert } = await notesOf(change)
    expect(notes.filter((note) => note.includes('violates'))).toEqual([])
    await insert("INSERT INTO t (id, hint) VALUES (1, 'b')")
  })
}

describeOnEach(['postgres', 'mariadb', 'mysql'], 'a default that a check refuses', (createDatabase, server) => {
  testNotes(async () => {
    const { url, sql } = await createDatabase()
    return { dialect: dialectFor(familyOf(server), url), insert: sql }
  })
})

describe('sqlite: a default that a check refuses', () => {
  const home = mkdtempSync(join(tmpdir(), 'checked-'))
  afterAll(() => rmSync(home, { recursive: true, force: true }))
  testNotes(async () => {
    const file = join(mkdtempSync(join(home, 'x-')), 'app.db')
    return { dialect: dialectFor('sqlite', file), insert: (text) => executeIn(file, text) }
  })
})
