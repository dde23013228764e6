import { graphOf, integer, type OperationRecorder, type Revision, revisions, text } from '@org/migrate-core'
import type { Fleet, FleetMember } from '@org/migrate-fleet'
import Database from 'better-sqlite3'
import { beforeEach, describe, expect, it } from 'vitest'
import { line } from '../../kit/migrator.ts'
import { fileOf, fleetOf, newFolder } from './kit.ts'

/** A table, two of its columns dropped, and an index that equal names refuse. */
const chain: readonly Revision[] = line(
  (op) =>
    op.createTable('users', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('name', text())
      t.column('note', text())
      t.column('mood', text())
      t.primaryKey(['id'])
    }),
  (op) =>
    op.alterTable('users', (t) => {
      t.dropColumn('note', { preserve: true })
      t.dropColumn('mood')
      t.addColumn('locale', text())
    }),
  (op) => op.createIndex('users', 'users_name', ['name'], { unique: true }),
)

function dropThenIndex(op: OperationRecorder): void {
  op.dropColumn('users', 'mood')
  op.createIndex('users', 'users_name', ['name'], { unique: true })
}

let folder: string
let fleet: Fleet

function sql(id: string, statements: string): void {
  const database = new Database(fileOf(folder, id))
  try {
    database.exec(statements)
  } finally {
    database.close()
  }
}

beforeEach(async () => {
  folder = newFolder()
  const members: readonly FleetMember[] = ['a', 'b'].map((id) => ({ id, url: `sqlite:///${fileOf(folder, id)}` }))
  fleet = fleetOf(members, { tiers: [graphOf(revisions(chain))], parallel: 1 })
  for (const member of members) {
    const own = fleetOf([member], { tiers: [graphOf(revisions(chain.slice(0, 1)))] })
    await own.create(member)
  }
  sql('a', "INSERT INTO users VALUES (1, 'Ada', 'first', 'well'), (2, 'Bob', NULL, NULL)")
  sql('b', "INSERT INTO users VALUES (1, 'Cid', 'second', 'so'), (2, 'Dan', 'third', 'so')")
})

const step = { tier: 'main', revision: 'r2', direction: 'up' }

describe('What a run over a fleet says of rows', () => {
  it('Names each loss once, with the rows of all members', async () => {
    const events: unknown[] = []
    const { losses, migrated } = await fleet.upgrade('r2', {
      onEvent: (event) => {
        if (event.type === 'memberFinished') events.push([event.id, event.losses?.map(({ rows }) => rows)])
      },
    })
    expect(migrated).toBe(2)
    expect(losses).toMatchObject([
      { ...step, object: 'column users.note', how: 'dropped', preserved: true, rows: 3, members: 2, first: 'a' },
      { ...step, object: 'column users.mood', how: 'dropped', preserved: false, rows: 3, members: 2, first: 'a' },
    ])
    expect(events).toEqual([
      ['a', [1, 1]],
      ['b', [2, 2]],
    ])
  })

  it('Names preserved values that a downgrade held back', async () => {
    await fleet.upgrade('r2')
    sql('b', "UPDATE users SET name = 'Eve' WHERE id = 2")
    const { reports } = await fleet.downgrade('r1')
    expect(reports).toMatchObject([{ revision: 'r2', count: 1, members: 1, first: 'b' }])
    expect(reports.map(({ what }) => what)).toEqual([
      'users.note: the row has changed since the upgrade, so the old value stays preserved',
    ])
  })

  it('Has the losses of a member that failed in a later revision', async () => {
    sql('a', "UPDATE users SET name = 'Ada'")
    const { failed, losses } = await fleet.upgrade()
    expect(failed).toBe(1)
    expect(losses).toMatchObject([
      { object: 'column users.note', rows: 3, members: 2, first: 'a' },
      { object: 'column users.mood', rows: 3, members: 2, first: 'a' },
    ])
  })

  it('Has no loss of a revision that was rolled back', async () => {
    sql('a', "UPDATE users SET name = 'Ada'")
    const atOnce: readonly Revision[] = [...chain.slice(0, 1), { ...chain[1], upgrade: dropThenIndex } as Revision]
    const members = ['a', 'b'].map((id) => ({ id, url: `sqlite:///${fileOf(folder, id)}` }))
    const { losses, failed } = await fleetOf(members, { tiers: [graphOf(revisions(atOnce))] }).upgrade()
    expect(failed).toBe(1)
    expect(losses).toMatchObject([{ object: 'column users.mood', rows: 2, members: 1, first: 'b' }])
  })

  it('Has them of a single member at its first use, also where it fails later', async () => {
    const [a, b] = ['a', 'b'].map((id) => ({ id, url: `sqlite:///${fileOf(folder, id)}` }))
    if (a === undefined || b === undefined) throw new Error('there are two members')
    const lost = [
      { ...step, object: 'column users.note', preserved: true, rows: 2 },
      { ...step, object: 'column users.mood', preserved: false, rows: 2 },
    ]
    const { applied, losses } = await fleet.ensure(b)
    expect(applied).toEqual(['main:r2', 'main:r3'])
    expect(losses).toMatchObject(lost)
    sql('a', "UPDATE users SET name = 'Ada', note = 'x', mood = 'y'")
    const heard: unknown[] = []
    const failing = fleet.ensure(a, { onEvent: (event) => event.type === 'loss' && heard.push(event) })
    await expect(failing).rejects.toMatchObject({ code: 'BLOCKING_ROWS' })
    expect(heard).toMatchObject(lost)
  })

  it('Is planned for a target below the members, too', async () => {
    await fleet.upgrade('r2')
    const { groups } = await fleet.plan('r1')
    const steps = groups.flatMap(({ plan }) => plan.steps)
    expect(steps).toMatchObject([
      { revision: 'r2', direction: 'down', losses: [{ object: 'column users.locale', how: 'dropped' }] },
    ])
  })
})
