import { char, decimal, integer, type OperationRecorder, time, timestamp, varchar } from '@org/migrate-core'
import type { ColumnType } from '@org/migrate-core/dialect'
import { expect, it } from 'vitest'
import { dialectFor } from '../faults/runner/dialects.ts'
import { line, migratorOf } from '../kit/migrator.ts'
import { describeOnEach, familyOf } from '../kit/servers.ts'

type Recorded = (op: OperationRecorder) => void

const created =
  (type: ColumnType): Recorded =>
  (op) =>
    op.createTable('t', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('a', type)
      t.primaryKey(['id'])
    })
const dropped: Recorded = (op) => op.dropColumn('t', 'a', { preserve: true })

/** The type before, the one that the column has when the values are restored, and of each row what is stored, and what is there afterwards. */
const cases: readonly (readonly [string, ColumnType, ColumnType, readonly (readonly [string, RegExp | null])[]])[] = [
  [
    'char(n)',
    varchar(9),
    char(6),
    [
      ["'ab'", /^ab *$/],
      ["'cdefgh'", /^cdefgh$/],
    ],
  ],
  [
    'char(n), one with a blank of its own',
    varchar(9),
    char(6),
    [
      ["'ab '", null],
      ["'cd'", /^cd *$/],
    ],
  ],
  [
    'fewer digits',
    decimal(10, 4),
    decimal(10, 2),
    [
      ['1.5', /^1\.50$/],
      ['-0.25', /^-0\.25$/],
    ],
  ],
  [
    'fewer digits than a value has',
    decimal(10, 4),
    decimal(10, 2),
    [
      ['1.505', null],
      ['7', /^7\.00$/],
    ],
  ],
  [
    'digits behind the point',
    integer(),
    decimal(10, 2),
    [
      ['12', /^12\.00$/],
      ['-3', /^-3\.00$/],
    ],
  ],
  [
    'a time',
    time({ precision: 6 }),
    time({ precision: 1 }),
    [
      ["'03:04:05.5'", /:05\.5$/],
      ["'03:04:06'", /:06(\.0)?$/],
    ],
  ],
  [
    'a shorter fraction',
    timestamp({ precision: 6 }),
    timestamp({ precision: 3 }),
    [
      ["'2026-01-02 03:04:05.120000'", /:05\.120?$/],
      ["'2026-01-02 03:04:05'", /:05(\.000)?$/],
    ],
  ],
  [
    'a shorter fraction than a value has',
    timestamp({ precision: 6 }),
    timestamp({ precision: 3 }),
    [
      ["'2026-01-02 03:04:05.123456'", null],
      ["'2026-01-02 03:04:06.5'", /:06\.5(00)?$/],
    ],
  ],
]

describeOnEach(
  ['postgres', 'mariadb', 'mysql'],
  'values that are restored by hand into another type',
  (createDatabase, server) => {
    it.each(cases)('come back where it loses nothing of them: %s', async (_, before, now, rows) => {
      const db = await createDatabase()
      const migrator = migratorOf(
        dialectFor(familyOf(server), db.url),
        line(created(before), dropped, (op) => op.addColumn('t', 'a', now)),
      )
      await migrator.upgrade('r1')
      await db.sql(`INSERT INTO t VALUES ${rows.map(([value], at) => `(${at}, ${value})`).join(', ')}`)
      await migrator.upgrade('r2')
      await migrator.stamp('r1')
      await migrator.stamp('r2')
      await migrator.upgrade()
      const restored = rows.filter(([, shown]) => shown !== null).length
      expect(await migrator.preserved.restore('r2')).toMatchObject({
        restored,
        missing: 0,
        refused: rows.length - restored,
      })
      const text = familyOf(server) === 'postgres' ? 'a::text' : 'CAST(a AS CHAR)'
      const present = await db.sql(`SELECT ${text} AS a FROM t ORDER BY id`)
      for (const [at, [, shown]] of rows.entries()) {
        if (shown === null) expect(present[at]?.a).toBe(null)
        else expect(present[at]?.a).toMatch(shown)
      }
    })
  },
)
