import type { OperationRecorder } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { dialectFor } from '../faults/runner/dialects.ts'
import { line, migratorOf } from '../kit/migrator.ts'
import { describeOn, describeOnEach, familyOf } from '../kit/servers.ts'

type Alteration = Parameters<OperationRecorder['alterSequence']>[1]

const title = 'a downgrade gives a sequence the start and the bounds that it had'

describeOn('postgres', title, (createDatabase) => {
  it.each<[string, Alteration, string]>([
    ['MAXVALUE 2147483647', { type: 'integer32' }, 'bigint 1..2147483647 from 1 by 1'],
    ['MINVALUE 1 START 5', { minValue: '5' }, 'bigint 1..9223372036854775807 from 5 by 1'],
    ['MAXVALUE 9 START 9', { increment: '-1', minValue: '-9' }, 'bigint 1..9 from 9 by 1'],
    ['AS integer MINVALUE -32768 MAXVALUE -1 INCREMENT -2', { type: 'integer16' }, 'integer -32768..-1 from -1 by -2'],
  ])('%s, changed by %j', async (options, change, range) => {
    const db = await createDatabase()
    await db.sql(`CREATE SEQUENCE s ${options}`)
    const migrator = migratorOf(
      dialectFor('postgres', db.url),
      line((op) => op.alterSequence('s', change)),
    )
    await migrator.upgrade()
    await migrator.downgrade('base')
    const rows = await db.sql(
      `SELECT format('%s %s..%s from %s by %s', seqtypid::regtype, seqmin, seqmax, seqstart, seqincrement) AS range
        FROM pg_sequence WHERE seqrelid = 's'::regclass`,
    )
    expect(rows).toEqual([{ range }])
  })
})

describeOn('mariadb', title, (createDatabase) => {
  it.each<[string, Alteration, string]>([
    ['START 5 MINVALUE 1', { minValue: '5' }, '1..9223372036854775806 from 5 by 1'],
    ['START 9 MINVALUE 1 MAXVALUE 9', { increment: '-1', minValue: '-9' }, '1..9 from 9 by 1'],
  ])('%s, changed by %j', async (options, change, range) => {
    const db = await createDatabase()
    await db.sql(`CREATE SEQUENCE s ${options}`)
    const migrator = migratorOf(
      dialectFor('mysql', db.url),
      line((op) => op.alterSequence('s', change)),
    )
    await migrator.upgrade()
    await migrator.downgrade('base')
    const rows = await db.sql(
      "SELECT concat(minimum_value, '..', maximum_value, ' from ', start_value, ' by ', increment) AS `range` FROM s",
    )
    expect(rows).toEqual([{ range }])
  })
})

describeOnEach(['postgres', 'mariadb'], 'the plan of a dropped sequence', (createDatabase, server) => {
  it('says that the derived downgrade makes it again without its position', async () => {
    const db = await createDatabase()
    await db.sql('CREATE SEQUENCE s; CREATE SEQUENCE u; SELECT 1')
    const migrator = migratorOf(
      dialectFor(familyOf(server) as 'postgres' | 'mysql', db.url),
      line(
        (op) => op.dropSequence('s'),
        (op) => op.createSequence('s'),
        (op) => {
          op.dropSequence('s')
          op.dropSequence('u')
        },
      ),
    )
    expect((await migrator.plan()).steps.map(({ notes }) => notes)).toEqual([
      ['the derived downgrade makes sequence s again without its position: it begins again'],
      [],
      ['the derived downgrade makes sequences s, u again without their positions: they begin again'],
    ])
  })
})
