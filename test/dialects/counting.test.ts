import { integer, type OperationRecorder, smallint } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, test } from 'vitest'
import { describeOnEach } from '../kit/servers.ts'
import { migratorOn } from '../unit/preserved/grounds.ts'

type Counted = NonNullable<Parameters<OperationRecorder['createSequence']>[1]>

const refused: readonly (readonly [Counted, why: string])[] = [
  [{ minValue: '10', maxValue: '5' }, 'its lowest number 10 is not below its highest, 5'],
  [{ start: '0' }, 'it starts at 0, below its lowest number, 1'],
  [{ maxValue: '10', start: '11' }, 'it starts at 11, above its highest number, 10'],
  [{ increment: '-1', start: '5' }, 'it starts at 5, above its highest number, -1'],
  [{ maxValue: '9223372036854775808' }, 'its highest number 9223372036854775808 is above'],
  [{ cache: -1 }, 'its cache of -1 numbers holds none'],
  [{ increment: '9223372036854775808' }, '64 bits'],
  [{ increment: '1.5' }, '"1.5" is no integer'],
  [{ maxValue: 'ten' }, '"ten" is no integer'],
]
/** The widest that the servers take. */
const taken: readonly Counted[] = [
  { increment: '1000000000000000', cache: 1000 },
  { maxValue: '9223372036854775806' },
  { minValue: '-9223372036854775807', start: '-9223372036854775807' },
  { increment: '-2', minValue: '-10' },
]
const ofPostgres: readonly (readonly [(op: OperationRecorder) => void, why: string])[] = [
  [(op) => op.createSequence('s', { increment: '0' }), 'its increment is 0'],
  [(op) => op.createSequence('s', { type: 'integer16', maxValue: '40000' }), 'above 32767, the highest of its type'],
  [
    (op) =>
      op.createTable('t', (t) =>
        t.column('id', smallint(), { nullable: false, identity: { mode: 'always', start: 40000 } }),
      ),
    'it starts at 40000, above its highest number, 32767',
  ],
  [
    (op) => {
      op.createTable('t', (t) =>
        t.column('id', integer(), { nullable: false, identity: { mode: 'always', maxValue: '40000' } }),
      )
      op.alterTable('t', (t) => t.alterColumn('id', { type: smallint() }))
    },
    'its highest number 40000 is above 32767',
  ],
]
const ofMariadb: readonly (readonly [(op: OperationRecorder) => void, why: string])[] = [
  [(op) => op.createSequence('s', { increment: '9223372036854775', cache: 1000 }), 'apart, is beyond 64 bits'],
]

describeOnEach(['postgres', 'mariadb'], 'a counter', (createDatabase, server) => {
  async function openGround() {
    const { url, sql } = await createDatabase()
    const dialect = server === 'postgres' ? postgresDialect({ url }) : mysqlDialect({ url })
    return { dialect, rows: sql }
  }

  test('that the server would refuse is refused by the plan', async () => {
    const { dialect } = await openGround()
    const own = server === 'postgres' ? ofPostgres : ofMariadb
    const created = refused.map(([of, why]) => [(op: OperationRecorder) => op.createSequence('s', of), why] as const)
    for (const [upgrade, why] of [...created, ...own]) {
      await expect(migratorOn(dialect, { upgrade }).plan(), why).rejects.toMatchObject({
        code: 'UNSUPPORTED',
        message: expect.stringMatching(new RegExp(`(?:cannot count: .*|: )${why}`)),
      })
    }
  })

  test('is made as wide as the server takes it', async () => {
    const { dialect } = await openGround()
    const upgrade = (op: OperationRecorder): void =>
      taken.forEach((of, at) => {
        op.createSequence(`s${at}`, of)
      })
    await migratorOn(dialect, { upgrade }).upgrade()
  })

  test('that changes its bounds or its direction starts where they say, and goes back to where it was', async () => {
    if (server !== 'postgres') return
    const ground = await openGround()
    const migrator = migratorOn(
      ground.dialect,
      {
        upgrade: (op) => {
          op.createSequence('moved', { minValue: '1', maxValue: '10' })
          op.createSequence('turned', {})
        },
      },
      {
        upgrade: (op) => {
          op.alterSequence('moved', { minValue: '20', maxValue: '30' })
          op.alterSequence('turned', { increment: '-1' })
        },
      },
    )
    const next = "SELECT nextval('moved') AS moved, nextval('turned') AS turned"
    const positions = `SELECT m.last_value AS moved, t.last_value AS turned FROM moved m, turned t`
    await migrator.upgrade()
    expect(await ground.rows(positions)).toEqual([{ moved: '20', turned: '-1' }])
    await migrator.downgrade('r1')
    expect(await ground.rows(positions)).toEqual([{ moved: '1', turned: '1' }])
    await migrator.upgrade()
    expect(await ground.rows(next)).toEqual([{ moved: '20', turned: '-1' }])
    await expect(migrator.downgrade('r1')).rejects.toMatchObject({ code: 'BLOCKING_ROWS' })
  })
})
