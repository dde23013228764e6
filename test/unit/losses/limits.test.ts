import { check } from '@org/migrate-autogenerate'
import { integer, text } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { errorOf, type RevisionBody } from '../../kit/migrator.ts'
import { describeEverywhere, type Ground, migratorOn, valuesOf } from './kit.ts'

const table: RevisionBody = (op) =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('old', text())
    t.primaryKey(['id'])
  })

const drops: RevisionBody = (op) => op.alterTable('t', (t) => t.dropColumn('old', { preserve: true }))

const digits = Array.from({ length: 10 }, (_, n) => (n === 0 ? 'SELECT 0 AS n' : `SELECT ${n}`)).join(' UNION ALL ')

/** One row more than are counted one by one. */
async function fill(at: Ground): Promise<void> {
  await at.sql(
    `INSERT INTO t (id, old) WITH d AS (${digits})
     SELECT a.n + 10 * b.n + 100 * c.n + 1000 * e.n + 10000 * f.n, 'x' FROM d a, d b, d c, d e, d f`,
  )
  await at.sql("INSERT INTO t (id, old) VALUES (100000, 'y')")
}

describeEverywhere('what an upgrade preserves', (ground) => {
  it('is refused beyond the bytes that a downgrade may preserve, before anything is changed', async () => {
    const at = await ground()
    await migratorOn(at, [table]).upgrade()
    await at.sql("INSERT INTO t (id, old) VALUES (1, 'aaaa'), (2, 'bbbb'), (3, NULL)")
    const few = migratorOn(at, [table, drops], { preserve: { maxBytes: 507 } })
    const error = await errorOf(few.upgrade())
    expect(error).toMatchObject({ code: 'DATA_LOSS' })
    expect(error.message).toContain('column t.old: 2 rows (more than 507 bytes)')
    expect(await valuesOf(at, 'old')).toEqual(['aaaa', 'bbbb', null])
    const enough = migratorOn(at, [table, drops], { preserve: { maxBytes: 508 } })
    expect(await enough.upgrade()).toMatchObject({ preserved: 2 })
    await enough.downgrade('r1')
    expect(await valuesOf(at, 'old')).toEqual(['aaaa', 'bbbb', null])
  })

  it('and a whole table likewise', async () => {
    const at = await ground()
    await migratorOn(at, [table]).upgrade()
    await at.sql("INSERT INTO t (id, old) VALUES (1, 'aaaaaaaa')")
    const chain: readonly RevisionBody[] = [table, (op) => op.dropTable('t', { preserve: true })]
    const few = migratorOn(at, chain, { preserve: { maxBytes: 258 } })
    expect((await errorOf(few.upgrade())).message).toContain('table t: 1 row (more than 258 bytes)')
    expect(await migratorOn(at, chain).upgrade()).toMatchObject({ preserved: 1 })
  })
})

describeEverywhere('what an upgrade takes away from more than 100,000 rows', (ground) => {
  it('is the estimate of the server, marked as such, and exact where it is preserved', async () => {
    const at = await ground()
    const lossy: RevisionBody = (op) => op.alterTable('t', (t) => t.dropColumn('old'))
    await migratorOn(at, [table]).upgrade()
    await fill(at)
    const [loss] = (await migratorOn(at, [table, lossy]).plan()).steps[0]?.losses ?? []
    expect(loss).toMatchObject({ object: 'column t.old', preserved: false })
    if (at.name === 'sqlite') expect(loss).toMatchObject({ rows: 100_001 })
    else {
      expect(loss?.about).toBe(true)
      expect(loss?.rows).toBeGreaterThanOrEqual(100_000)
      expect(loss?.rows).toBeLessThan(300_000)
    }
    const few = migratorOn(at, [table, drops], { preserve: { maxBytes: 25_000_000 } })
    expect((await errorOf(few.plan())).message).toContain('column t.old: 100001 rows (more than 25000000 bytes)')
    const many = migratorOn(at, [table, drops])
    expect((await many.plan()).steps[0]?.losses).toEqual([
      { object: 'column t.old', how: 'dropped', rows: 100_001, preserved: true, bytes: expect.any(Number) },
    ])
    const result = await migratorOn(at, [table, lossy]).upgrade()
    expect(result.losses).toMatchObject([
      { object: 'column t.old', preserved: false, ...(at.name === 'sqlite' ? { rows: 100_001 } : { about: true }) },
    ])
  })
})

describeEverywhere('a check', (ground) => {
  it('names what pending revisions take away, with its number, and is not stopped by it', async () => {
    const at = await ground()
    const chain: readonly RevisionBody[] = [
      table,
      (op) => op.alterTable('t', (t) => t.addColumn('kept', integer())),
      (op) => op.alterTable('t', (t) => t.dropColumn('old')),
      (op) => op.dropTable('t'),
    ]
    await migratorOn(at, chain).upgrade('r2')
    await at.sql("INSERT INTO t (id, old) VALUES (1, 'a'), (2, NULL)")
    const { findings } = await check(migratorOn(at, chain))
    const lossFindings = findings.filter(({ kind }) => kind === 'loses values')
    expect(lossFindings.map(({ level, revisions, what }) => [level, revisions, what])).toEqual([
      ['information', ['r3'], 'Revision r3, which is pending, takes away what it does not preserve: column t.old.'],
      ['information', ['r4'], 'Revision r4, which is pending, takes away what it does not preserve: table t.'],
    ])
    expect(lossFindings[0]?.losses).toEqual([{ object: 'column t.old', how: 'dropped', rows: 1, preserved: false }])
    await migratorOn(at, chain).upgrade()
    expect((await check(migratorOn(at, chain))).findings.filter(({ kind }) => kind === 'loses values')).toEqual([])
  })

  it('tells that pending revisions cannot be planned', async () => {
    const at = await ground()
    await migratorOn(at, [table]).upgrade()
    await at.sql('CREATE TABLE other (id INTEGER)')
    const chain: readonly RevisionBody[] = [
      table,
      (op) => op.createTable('other', (t) => t.column('id', integer(), { nullable: false })),
    ]
    const { findings } = await check(migratorOn(at, chain))
    expect(findings.filter(({ kind }) => kind === 'cannot be planned')).toMatchObject([
      { level: 'problem', revisions: ['r2'], what: expect.stringContaining('other') },
    ])
  })
})
