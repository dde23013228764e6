import {
  bigint,
  boolean,
  date,
  decimal,
  double,
  integer,
  text,
  time,
  timestamp,
  uuid,
  varchar,
} from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { expect, test } from 'vitest'
import { describeOnAll, type Ground, type Halves, migratorOn, withoutServer } from './grounds.ts'

/** Escapes of JSON and SQL, white space at the ends, letters that collations take for one, and what UTF-16 needs two units for. */
const strings = [
  '',
  ' a ',
  'A',
  'a',
  'á',
  "it's",
  '"quoted"',
  'back\\slash',
  'tab\tline\nreturn\rfeed\fbell\bunit\u001fdelete\u007f',
  '\u2028\u2029\uFFFD',
  'Straße 東京 🦊',
  '%_?$1:name',
  '[["id",["int","1"]]]',
  '0012',
  'null',
  // Texts of keys on both sides of what their column takes, in characters, in UTF-16 and in bytes.
  ...Array.from({ length: 30 }, (_, at) => '🦊'.repeat(at + 5)),
]

const columns: Halves = {
  upgrade: (op) =>
    op.createTable('t', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('beside', text())
      t.column('number', bigint())
      t.column('exact', decimal(20, 6))
      t.column('on', date())
      t.column('at', timestamp())
      t.column('hour', time())
      t.column('name', varchar(80))
      t.column('mark', uuid())
      t.column('yes', boolean())
      t.primaryKey(['id'])
    }),
}
const dropped = ['number', 'exact', 'on', 'at', 'hour', 'name', 'mark', 'yes'] as const
const drops: Halves = {
  upgrade: (op) =>
    op.alterTable('t', (t) => {
      for (const name of dropped) t.dropColumn(name, { preserve: true })
    }),
}
const added: Halves = {
  upgrade: (op) =>
    op.alterTable('t', (t) => {
      t.addColumn('note', text())
      t.addColumn('ratio', double())
    }),
}
const whole: Halves = {
  upgrade: (op) =>
    op.createTable('pair', (t) => {
      t.column('code', varchar(80), { nullable: false })
      t.column('n', integer(), { nullable: false })
      t.column('at', timestamp())
      t.column('note', text())
      t.primaryKey(['code', 'n'])
    }),
}

const literal = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

async function fill(ground: Ground, server: string): Promise<void> {
  const spelled = (value: string): string => {
    if (server === 'sqlite') return `CAST(x'${Buffer.from(value).toString('hex')}' AS TEXT)`
    return server === 'postgres' ? `E${literal(value)}` : literal(value)
  }
  const day = (at: number): string => `${1970 + at}-0${1 + (at % 9)}-28`
  const quoted = server === 'postgres' || server === 'sqlite' ? '"' : '`'
  const name = (of: string): string => `${quoted}${of}${quoted}`
  for (const [at, value] of strings.entries()) {
    const number = at % 2 === 0 ? '-9223372036854775808' : '9007199254740993'
    const exact = at % 3 === 0 ? 'NULL' : `${at}99999999999.00000${at % 10}`
    const cells = [
      at,
      spelled(value),
      number,
      exact,
      `'${day(at)}'`,
      `'${day(at)} 23:59:59.12345${at % 10}'`,
      `'01:02:0${at % 10}.5'`,
    ]
    const mark = at % 4 === 0 ? 'NULL' : `'0000000${at % 10}-0000-4000-8000-00000000000a'`
    const yes = at % 3 === 0 ? 'NULL' : server === 'postgres' ? String(at % 2 === 0) : String(at % 2)
    const names = ['id', 'beside', 'number', 'exact', 'on', 'at', 'hour', 'name', 'mark', 'yes', 'note', 'ratio'].map(
      name,
    )
    await ground.sql(
      `INSERT INTO t (${names.join(', ')}) VALUES (${cells.join(', ')}, ${spelled(value)}, ${mark}, ${yes}, ${spelled(value)}, ${at}.1)`,
    )
    await ground.sql(
      `INSERT INTO pair (${['code', 'n', 'at', 'note'].map(name).join(', ')}) VALUES (${spelled(`${at}${value}`)}, ${at}, '${day(at)} 12:00:00', ${at % 5 === 0 ? 'NULL' : spelled(value)})`,
    )
  }
}

describeOnAll('values that the server preserves by itself', (openGround, server) => {
  const quoted = server === 'postgres' || server === 'sqlite' ? '"' : '`'
  const preserved = `SELECT table_name, ${quoted}column${quoted}, ${quoted}key${quoted}, key_hash, step, encoding, value, written_hash, base FROM migrate_preserved ORDER BY table_name, ${quoted}column${quoted}, key_hash`
  const table = async (ground: Ground, of: string) =>
    (await ground.rows(`SELECT * FROM ${of}`)).map((row) => JSON.stringify(row)).sort()

  test('are the rows that core writes, and either restores those of the other', async () => {
    const chain = [columns, added, whole] as const
    const kinds = [(dialect: UnloadedDialect) => dialect, withoutServer] as const
    const written: unknown[] = []
    for (const down of kinds) {
      for (const up of kinds) {
        const ground = await openGround()
        await migratorOn(ground.dialect, ...chain).upgrade()
        await fill(ground, server)
        const before = [await table(ground, 't'), await table(ground, 'pair')]
        expect(before[0]).toHaveLength(strings.length)
        await migratorOn(down(ground.dialect), ...chain).downgrade('r1')
        if (up === down) written.push(await ground.rows(preserved))
        await migratorOn(up(ground.dialect), ...chain).upgrade()
        expect([await table(ground, 't'), await table(ground, 'pair')]).toEqual(before)
        expect(await ground.rows(preserved)).toEqual([])
        await ground.drop()
      }
    }
    expect(written[0]).toEqual(written[1])
  })

  test('of an upgrade come back with its downgrade, whatever their types', async () => {
    const ground = await openGround()
    await migratorOn(ground.dialect, columns, added, whole).upgrade()
    await fill(ground, server)
    const before = await table(ground, 't')
    const migrator = migratorOn(ground.dialect, columns, added, whole, drops)
    await migrator.upgrade()
    await migrator.downgrade('r3')
    expect((await table(ground, 't')).length).toBe(before.length)
    expect(await ground.rows(preserved)).toEqual([])
    const sorted = (rows: readonly string[]) =>
      rows.map((row) => JSON.stringify((JSON.parse(row) as string[]).sort())).sort()
    expect(sorted(await table(ground, 't'))).toEqual(sorted(before))
  })
})
