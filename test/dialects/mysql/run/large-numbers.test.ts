import { native, text, varchar } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { expect, it } from 'vitest'
import { line, migratorOf } from '../../../kit/migrator.ts'
import { describeOnEach } from '../../../kit/servers.ts'
import { migratorOn } from './kit.ts'

const longtext = native('mysql', 'longtext')
const blob = native('mysql', 'blob')

/** Its session ends after the first MODIFY, as that of a killed process: the run can write nothing more. */
function killedAfterFirstChange(dialect: UnloadedDialect): UnloadedDialect {
  const connect: UnloadedDialect['connection']['connect'] = async (request) => {
    const session = await dialect.connection.connect(request)
    const execute = session.execute.bind(session)
    return Object.assign(session, {
      execute: async (...statement: Parameters<typeof execute>) => {
        const outcome = await execute(...statement)
        if (/^ALTER TABLE .* MODIFY /.test(statement[0])) await session.close()
        return outcome
      },
    })
  }
  return { ...dialect, connection: { ...dialect.connection, connect } }
}

describeOnEach(['mysql', 'mariadb'], 'a number of bits', (createDatabase, flavour) => {
  it.each([
    ['bit(1)', text(), ["b'0'", "b'1'"], ['0', '1']],
    ['bit(8)', text(), ['49', '255'], ['49', '255']],
    ['bit(64)', longtext, ['18446744073709551615', '9'], ['18446744073709551615', '9']],
    ['bit(8)', blob, ['49', '255'], ['49', '255']],
    ['bit(64)', varchar(20), ['18446744073709551615', '9'], ['18446744073709551615', '9']],
    ['bigint unsigned', text(), ['18446744073709551615', '9'], ['18446744073709551615', '9']],
    ['bigint unsigned', varchar(20), ['18446744073709551615', '9'], ['18446744073709551615', '9']],
  ] as const)('%s comes back from text (%#)', async (type, to, [first, second], digits) => {
    const db = await createDatabase()
    await db.sql(`CREATE TABLE t (id int PRIMARY KEY, v ${type}, w ${type} NOT NULL DEFAULT 1 COMMENT 'it''s');
      INSERT INTO t VALUES (1, ${first}, ${first}), (2, ${second}, ${second}), (3, NULL, 1)`)
    const migrator = migratorOn(db, (op) => {
      op.alterColumn('t', 'v', { type: to })
      op.alterColumn('t', 'w', { type: to, default: null })
    })
    const values = () => db.sql('SELECT CAST(v + 0 AS CHAR) AS v, CAST(w + 0 AS CHAR) AS w FROM t ORDER BY id')
    const texts = () => db.sql('SELECT CONVERT(v USING utf8mb4) AS v, CONVERT(w USING utf8mb4) AS w FROM t ORDER BY id')
    const same = [...digits.map((each) => ({ v: each, w: each })), { v: null, w: '1' }]
    const shown = async () => JSON.stringify(await db.sql('SHOW CREATE TABLE t'))
    const before = await shown()
    const { losses } = await migrator.upgrade()
    expect(losses ?? []).toEqual([])
    expect(await texts()).toEqual(same)
    await migrator.downgrade('base')
    expect(await values()).toEqual(same)
    expect(await shown()).toBe(before)
    await migrator.upgrade()
    expect(await texts()).toEqual(same)
  })

  it('takes no text that is no number', async () => {
    const db = await createDatabase()
    await db.sql("CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, '1'), (2, X'01')")
    const migrator = migratorOn(db, (op) => op.alterColumn('t', 'v', { type: native('mysql', 'bit(8)') }))
    await expect(migrator.upgrade()).rejects.toThrow('rows of t with a text in v that is no bit(8)')
    expect(await db.sql('SELECT HEX(v) AS v FROM t ORDER BY id')).toEqual([{ v: '31' }, { v: '01' }])
  })

  it.each([
    ['text', 'bigint unsigned', '-1'],
    ['blob', 'bigint unsigned', '-1'],
    ['varchar(30)', 'bit(64)', '18446744073709551616'],
  ])('changes nothing where a %s has no room in %s', async (from, to, value) => {
    const db = await createDatabase()
    await db.sql(`CREATE TABLE t (id int PRIMARY KEY, v ${from}); INSERT INTO t VALUES (1, '1'), (2, '${value}')`)
    const before = JSON.stringify(await db.sql('SHOW CREATE TABLE t'))
    const migrator = migratorOn(db, (op) => op.alterColumn('t', 'v', { type: native('mysql', to) }))
    await expect(migrator.upgrade()).rejects.toMatchObject({ outcome: 'unchanged' })
    expect((await migrator.status()).state).toBe('behind')
    expect(JSON.stringify(await db.sql('SHOW CREATE TABLE t'))).toBe(before)
    expect(await db.sql('SELECT CONVERT(v USING utf8mb4) AS v FROM t ORDER BY id')).toEqual([{ v: '1' }, { v: value }])
  })

  it.each([
    ['bit(64)', longtext, '18446744073709551615'],
    ['varchar(30) COLLATE utf8mb4_bin', native('mysql', 'bit(64)'), "'18446744073709551615'"],
  ] as const)('is right where a run from %s was killed between its two statements', async (type, to, value) => {
    const db = await createDatabase()
    await db.sql(`CREATE TABLE t (id int PRIMARY KEY, v ${type} COMMENT 'it''s'); INSERT INTO t VALUES (1, ${value})`)
    const chain = line((op) => op.alterColumn('t', 'v', { type: to }))
    const dialect = mysqlDialect({ url: db.url })
    const state = async () =>
      JSON.stringify([await db.sql('SHOW CREATE TABLE t'), await db.sql('SELECT HEX(v) AS v FROM t')])
    const migrator = migratorOf(dialect, chain)
    const killed = migratorOf(killedAfterFirstChange(dialect), chain)
    const before = await state()
    await migrator.upgrade()
    const after = await state()
    await migrator.downgrade('base')
    expect(await state()).toBe(before)
    await expect(killed.upgrade()).rejects.toThrow()
    await migrator.resume()
    expect(await state()).toBe(after)
    await expect(killed.downgrade('base')).rejects.toThrow()
    await migrator.downgrade('base')
    expect(await state()).toBe(before)
  })

  it.each([
    ['bit(64)', 'double', '18446744073709551615'],
    ['bit(64)', 'double', '9223372036854775808'],
    ['bit(64)', 'float', '18446744073709551615'],
    ['double', 'bit(64)', '18446744073709549568'],
    ['double', 'bigint unsigned', '9223372036854775808'],
    ['float', 'bit(64)', '18446744073709551615'],
    ['double', 'bit(64)', '-3'],
    ...(flavour === 'mysql'
      ? ([
          ['decimal(20,0)', 'bit(64)', '9223372036854775808'],
          ['decimal(20,0)', 'bigint unsigned', '18446744073709551615'],
          ['decimal(20,0)', 'bit(64)', '-3'],
        ] as const)
      : []),
  ] as const)('of %s is not read as another by %s (%s)', async (from, to, value) => {
    const db = await createDatabase()
    await db.sql(`CREATE TABLE t (id int PRIMARY KEY, v ${from}); INSERT INTO t VALUES (1, ${value})`)
    const shown = async () => JSON.stringify([await db.sql('SHOW CREATE TABLE t'), await number()])
    const number = () => db.sql('SELECT CAST(v AS CHAR) AS v FROM t')
    const change = migratorOn(db, (op) => op.alterColumn('t', 'v', { type: native('mysql', to) }))
    const blocked = { code: 'BLOCKING_ROWS', outcome: 'unchanged' }
    if (from === 'bit(64)') {
      await change.upgrade(undefined, { allowDataLoss: true })
      expect(Number((await db.sql('SELECT v FROM t'))[0]?.v) / Number(value)).toBeCloseTo(1)
    }
    const before = await shown()
    if (from === 'bit(64)') await expect(change.downgrade('base')).rejects.toMatchObject(blocked)
    else await expect(change.upgrade(undefined, { allowDataLoss: true })).rejects.toMatchObject(blocked)
    expect(await shown()).toBe(before)
  })

  it('of a decimal beyond 2^63-1 becomes bits by a varchar, as the advice has it', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (id int PRIMARY KEY, v decimal(20,0)); INSERT INTO t VALUES (1, 18446744073709551615)')
    const migrator = migratorOn(db, (op) => {
      op.alterColumn('t', 'v', { type: varchar(67) })
      op.alterColumn('t', 'v', { type: native('mysql', 'bit(64)') })
    })
    await migrator.upgrade(undefined, { allowDataLoss: true })
    expect(await db.sql('SELECT CAST(v + 0 AS CHAR) AS v FROM t')).toEqual([{ v: '18446744073709551615' }])
  })
})
