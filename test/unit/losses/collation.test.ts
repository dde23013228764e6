import { integer, text } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { describeEverywhere, type Ground, migratorOn } from './kit.ts'

const setup: { readonly [name in Ground['name']]?: string } & { readonly mysql: string } = {
  sqlite: 'a TEXT COLLATE NOCASE',
  postgres: 'a varchar(20) COLLATE "C"',
  mysql: "a varchar(20) CHARACTER SET latin1 COLLATE latin1_bin DEFAULT '5' COMMENT 'counted'",
}

/** What the server itself shows of the column. */
async function shown(at: Ground): Promise<unknown> {
  if (at.name === 'sqlite') return (await at.sql("SELECT sql FROM sqlite_master WHERE name = 't'"))[0]?.sql
  if (at.name.startsWith('postgres'))
    return at.sql(
      "SELECT format_type(atttypid, atttypmod) AS type, attcollation::regcollation::text AS collation FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'a'",
    )
  return Object.values((await at.sql('SHOW CREATE TABLE t'))[0] ?? {})[1]
}

describeEverywhere('a column whose type has no collation for a while', (ground) => {
  it('has its collation again after the derived downgrade', async () => {
    const at = await ground()
    // A rebuild of SQLite writes the name in quotes.
    const table = at.name === 'sqlite' ? '"t"' : 't'
    await at.sql(`CREATE TABLE ${table} (id INTEGER PRIMARY KEY, ${setup[at.name] ?? setup.mysql})`)
    const migrator = migratorOn(at, [
      (op) => op.createTable('other', (t) => t.column('id', integer())),
      (op) =>
        op.alterTable('t', (t) =>
          t.alterColumn('a', { type: integer(), using: 'CAST(a AS DECIMAL)', usingBack: 'CAST(a AS CHAR(20))' }),
        ),
      (op) => op.alterTable('t', (t) => t.addColumn('b', text())),
    ])
    await migrator.upgrade('r1')
    await at.sql("INSERT INTO t (id, a) VALUES (1, '12')")
    const before = await shown(at)
    await migrator.upgrade()
    expect(await shown(at)).not.toEqual(before)
    await migrator.downgrade('r1')
    expect(await shown(at)).toEqual(before)
    expect(await at.sql('SELECT id, a FROM t')).toMatchObject([{ a: expect.stringMatching(/^12 *$/) }])
  })
})
