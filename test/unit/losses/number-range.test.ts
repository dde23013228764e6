import { bigint, decimal, double, integer, native, real, smallint, text, timestamp } from '@org/migrate-core'
import type { ColumnType } from '@org/migrate-core/dialect'
import { describe, expect, it } from 'vitest'
import { errorOf, type RevisionBody } from '../../kit/migrator.ts'
import { describeOnServers, type Ground } from '../ensure/ground.ts'
import { migratorOn, valuesOf } from './kit.ts'

const chain = (from: ColumnType, to: ColumnType, preserve = false): readonly RevisionBody[] => [
  (op) =>
    op.createTable('t', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('a', from)
      t.primaryKey(['id'])
    }),
  (op) => op.alterTable('t', (t) => t.alterColumn('a', { type: to, preserve })),
]

async function upgraded(at: Ground, revisions: readonly RevisionBody[], ...values: readonly string[]) {
  const migrator = migratorOn(at, revisions)
  await migrator.upgrade('r1')
  await at.sql(`INSERT INTO t (id, a) VALUES ${values.map((value, id) => `(${id}, ${value})`).join(', ')}`)
  return migrator
}

/** The servers take each of these for the new type, and the old type has no room for what they make of it. */
const roundedUp: readonly (readonly [ColumnType, ColumnType, string, string])[] = [
  [decimal(20, 6), decimal(24, 2), '99999999999999.999999', '1.250000'],
  [decimal(4, 2), integer(), '99.99', '7.00'],
  [decimal(20, 6), double(), '99999999999999.999999', '1.500000'],
  [integer(), real(), '2147483647', '16777216'],
]

describe('numbers that a conversion rounds up beyond the old type', () => {
  describeOnServers('', (ground) => {
    it.each(roundedUp)('are counted and preserved: %j to %j', async (from, to, large, same) => {
      const at = await ground()
      const migrator = await upgraded(at, chain(from, to, true), large, same, 'NULL')
      const loss = { object: 'column t.a', how: 'converted', rows: 1, preserved: true }
      expect((await migrator.plan()).steps[0]?.losses).toMatchObject([loss])
      expect(await migrator.upgrade()).toMatchObject({ preserved: 1, losses: [loss] })
      expect(await valuesOf(at, 'CASE WHEN a > 0 THEN 1 END')).toEqual(['1', '1', null])
    })
  })
})

describe('integers of 64 bits that become floating numbers', () => {
  describeOnServers(
    '',
    (ground) => {
      it('are counted where other digits come back, or none', async () => {
        const at = await ground()
        const values = ['9223372036854775807', '9007199254740993', '9007199254740992', '-9223372036854775808']
        const migrator = await upgraded(at, chain(bigint(), double(), true), ...values)
        expect((await migrator.plan()).steps[0]?.losses).toMatchObject([{ rows: 2, why: 'digits' }])
        expect((await migrator.upgrade()).preserved).toBe(2)
      })
    },
    ['postgres'],
  )
})

describe('the sign of a zero', () => {
  // MariaDB stores none.
  describeOnServers(
    '',
    (ground) => {
      it.each([
        [double(), decimal(10, 2)],
        [double(), integer()],
        [real(), decimal(10, 2)],
      ])('is counted and comes back: %j to %j', async (from, to) => {
        const at = await ground()
        // On PostgreSQL `-0` is an exact number, without a sign.
        const isPostgres = at.name.startsWith('postgres')
        const migrator = await upgraded(at, chain(from, to, true), isPostgres ? "'-0'" : '-0e0', '0')
        const text = isPostgres ? 'a::text' : "CONCAT(a, '')"
        expect(await valuesOf(at, text)).toEqual(['-0', '0'])
        expect((await migrator.upgrade()).losses).toMatchObject([{ object: 'column t.a', rows: 1, preserved: true }])
        await migrator.downgrade('r1')
        expect(await valuesOf(at, text)).toEqual(['-0', '0'])
      })
    },
    ['postgres', 'mysql'],
  )
})

const beyond: readonly (readonly [ColumnType, ColumnType, string, string])[] = [
  [bigint(), smallint(), '-32769', '-32768'],
  [decimal(4, 2), decimal(2, 0), '99.5', '99.49'],
  [decimal(20, 2), integer(), '2147483647.5', '2147483647.49'],
  [double(), smallint(), '32768', '32767.4'],
  [double(), decimal(6, 2), '10000', '9999.5'],
  [integer(), decimal(10, 4), '-1000000', '999999'],
  [text(), smallint(), "'32768'", "'-32768'"],
]

describe('numbers beyond the new type', () => {
  describeOnServers(
    '',
    (ground) => {
      it.each(beyond)('are named by their keys: %j to %j', async (from, to, large, largest) => {
        const at = await ground()
        const migrator = await upgraded(at, chain(from, to), largest, large, 'NULL')
        const error = await errorOf(migrator.upgrade())
        expect(error).toMatchObject({ code: 'BLOCKING_ROWS' })
        expect(error.message).toMatch(/^rows of t with a number in a that is beyond .*: id 1$/)
        await at.sql('DELETE FROM t WHERE id = 1')
        await migrator.upgrade()
      })

      it('are named when a downgrade meets them', async () => {
        const at = await ground()
        const migrator = await upgraded(at, chain(decimal(4, 2), integer()), '99.99')
        await migrator.upgrade()
        expect(await errorOf(migrator.downgrade('r1'))).toMatchObject({ code: 'BLOCKING_ROWS' })
      })
    },
    ['mariadb', 'mysql'],
  )

  describeOnServers(
    'MySQL rounds times',
    (ground) => {
      it('and one beyond the last second is named', async () => {
        const at = await ground()
        const revisions = chain(timestamp({ precision: 6 }), timestamp({ precision: 3 }))
        const migrator = await upgraded(at, revisions, "'9999-12-31 23:59:59.999499'", "'9999-12-31 23:59:59.999500'")
        const error = await errorOf(migrator.upgrade())
        expect(error).toMatchObject({ code: 'BLOCKING_ROWS', message: expect.stringMatching(/: id 1$/) })
        await at.sql('DELETE FROM t WHERE id = 1')
        await migrator.upgrade()
        expect(await valuesOf(at, 'a')).toEqual(['9999-12-31 23:59:59.999'])
      })
    },
    ['mysql'],
  )

  // What is left in the column is the literal that the server takes; of a FLOAT of 2^63 MySQL itself makes -2^63.
  const unsigned = native('mysql', 'bigint unsigned')
  const large: readonly (readonly [ColumnType, ColumnType, readonly string[], string])[] = [
    [double(), bigint(), ['9223372036854773760', '9223372036854774784', '-9223372036854775808'], '9223372036854773760'],
    [real(), bigint(), ['-9223372036854775808', '9223372036854775807', '-9300000000000000000'], '-9223372036854775808'],
    [double(), unsigned, ['9223372036854773760', '9223372036854774784', '-0.6'], '9223372036854773760'],
    [real(), unsigned, ['9223371487098961920', '9223372036854775808', '18446744073709549568'], '9223371487098961920'],
  ]
  describeOnServers(
    'MySQL makes no floating number of 2^63 a BIGINT or BIGINT UNSIGNED',
    (ground) => {
      it.each(large)('of %j to %j', async (from, to, values, left) => {
        const at = await ground()
        const migrator = await upgraded(at, chain(from, to), ...values)
        expect((await errorOf(migrator.upgrade())).message).toMatch(/id 1; id 2$/)
        await at.sql('DELETE FROM t WHERE id > 0')
        await migrator.upgrade()
        expect(await valuesOf(at, 'a')).toEqual([left])
      })
    },
    ['mysql'],
  )
})
