import { integer, type OperationRecorder, text } from '@org/migrate-core'
import { expect, it } from 'vitest'
import type { RevisionBody } from '../../kit/migrator.ts'
import { describeEverywhere, type Ground, migratorOn } from './kit.ts'

const withKey = (op: OperationRecorder, name: string, parent?: string): void =>
  op.createTable(name, (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('a', text())
    t.column('b', text())
    t.column('parent', integer())
    t.primaryKey(['id'])
    if (parent !== undefined)
      t.foreignKey({
        name: `${name}_parent`,
        columns: ['parent'],
        references: { table: parent, columns: ['id'] },
        onDelete: 'cascade',
      })
  })

/** `pupil` refers to `school`, with which its rows go; `alone` to nothing. */
const tables: RevisionBody = (op) => {
  withKey(op, 'school')
  withKey(op, 'pupil', 'school')
  withKey(op, 'alone')
}

const step = (op: OperationRecorder, to?: readonly string[]): void =>
  op.run('fill', { up: async () => undefined, down: 'none', ...(to === undefined ? {} : { to }) })

const drop = (op: OperationRecorder, table: string, column: string): void =>
  op.alterTable(table, (t) => t.dropColumn(column))

/** The numbers of what the last revision loses, by object; undefined: known when it runs. */
async function countsOf(at: Ground, chain: readonly RevisionBody[], before = 'r1') {
  const migrator = migratorOn(at, [tables, ...chain])
  await migrator.upgrade(before)
  await at.sql("INSERT INTO school (id, a) VALUES (1, 'x'), (2, 'y')")
  await at.sql("INSERT INTO pupil (id, a, parent) VALUES (1, 'x', 1), (2, 'y', 1), (3, 'z', 2)")
  await at.sql("INSERT INTO alone (id, a) VALUES (1, 'x')")
  const { steps } = await migrator.plan()
  return Object.fromEntries(steps.flatMap(({ losses }) => losses.map(({ object, rows }) => [object, rows])))
}

describeEverywhere('what is lost after a data step', (ground) => {
  it('is counted in the tables and columns that the step does not declare to write', async () => {
    const counts = await countsOf(await ground(), [
      (op) => {
        step(op, ['school.b'])
        for (const column of ['a', 'b']) drop(op, 'school', column)
        drop(op, 'alone', 'a')
      },
    ])
    expect(counts).toEqual({ 'column school.a': 2, 'column school.b': undefined, 'column alone.a': 1 })
  })

  it('is not counted where the step declares nothing', async () => {
    const counts = await countsOf(await ground(), [
      (op) => {
        step(op)
        drop(op, 'alone', 'a')
      },
    ])
    expect(counts).toEqual({ 'column alone.a': undefined })
  })

  it('is not counted in the table that the step writes, under whatever name, and in those that the server changes along with it', async () => {
    const counts = await countsOf(await ground(), [
      (op) => {
        op.renameTable('school', 'academy')
        step(op, ['college'])
        op.renameTable('academy', 'college')
      },
      (op) => {
        drop(op, 'college', 'a')
        drop(op, 'pupil', 'a')
        drop(op, 'alone', 'a')
      },
    ])
    expect(counts).toEqual({ 'column college.a': undefined, 'column pupil.a': undefined, 'column alone.a': 1 })
  })

  it('is not counted in what the plan makes and the step fills', async () => {
    const counts = await countsOf(await ground(), [
      (op) => {
        withKey(op, 'made')
        op.alterTable('alone', (t) => t.addColumn('c', text()))
        step(op, ['made', 'alone.c'])
      },
      (op) => {
        drop(op, 'made', 'a')
        for (const column of ['c', 'a']) drop(op, 'alone', column)
      },
    ])
    expect(counts).toEqual({ 'column made.a': undefined, 'column alone.c': undefined, 'column alone.a': 1 })
  })

  it('is not counted where a trigger or a view takes what the step writes to other tables', async () => {
    const at = await ground()
    const chain: RevisionBody[] = [
      (op) => {
        step(op, ['shown'])
        drop(op, 'alone', 'a')
      },
    ]
    const migrator = migratorOn(at, [tables, ...chain])
    await migrator.upgrade('r1')
    await at.sql("INSERT INTO alone (id, a) VALUES (1, 'x')")
    await at.sql('CREATE VIEW shown AS SELECT id, b FROM alone')
    const viewed = await migrator.plan()
    expect(viewed.steps[0]?.losses).toEqual([{ object: 'column alone.a', how: 'dropped', preserved: false }])
    await at.sql('DROP VIEW shown')

    const other = migratorOn(at, [
      tables,
      (op) => {
        step(op, ['school'])
        drop(op, 'alone', 'a')
      },
    ])
    expect((await other.plan()).steps[0]?.losses).toMatchObject([{ object: 'column alone.a', rows: 1 }])
    if (at.name === 'postgres') {
      await at.sql(
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DELETE FROM alone; RETURN NULL; END'",
      )
      await at.sql('CREATE TRIGGER noted AFTER INSERT ON school FOR EACH ROW EXECUTE FUNCTION note()')
    } else {
      const body = at.name === 'sqlite' ? 'BEGIN DELETE FROM alone; END' : 'DELETE FROM alone'
      await at.sql(`CREATE TRIGGER noted AFTER INSERT ON school FOR EACH ROW ${body}`)
    }
    const triggered = await other.plan()
    expect(triggered.steps[0]?.losses).toEqual([{ object: 'column alone.a', how: 'dropped', preserved: false }])
  })
})
