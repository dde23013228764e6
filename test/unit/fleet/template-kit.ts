import { expression, graphOf, integer, type Revision, revisions, varchar } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { createFleet, type Fleet, type FleetMember } from '@org/migrate-fleet'
import { expect } from 'vitest'
import { differencesBetween } from '../../autogenerate/snapshot/kit.ts'
import { line } from '../../kit/migrator.ts'

/** A history with reference rows, a view, a trigger's function on PostgreSQL, and a data step that writes elsewhere. */
export const whole: readonly Revision[] = line(
  (op) => {
    op.createTable('roles', (t) => {
      t.column('id', integer(), { nullable: false, identity: { mode: 'byDefault' } })
      t.column('name', varchar(50), { nullable: false })
      t.primaryKey(['id'])
    })
    op.createTable('users', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('role', integer())
      t.column('name', varchar(50))
      t.primaryKey(['id'])
      t.foreignKey({ name: 'users_role_fk', columns: ['role'], references: { table: 'roles', columns: ['id'] } })
      t.index('users_name', ['name'])
    })
  },
  (op) => op.insertRows('roles', [{ name: 'reader' }, { name: 'writer' }]),
  (op) => {
    op.createView('names', expression('SELECT id, name FROM users'))
    op.run('fill names', {
      up: async (db) => void (await db.execute("UPDATE users SET name = 'nameless' WHERE name IS NULL")),
      down: 'none',
      to: [{ table: 'users', columns: ['name'] }],
    })
  },
  (op) =>
    op.on({
      sqlite: () => undefined,
      mysql: () => undefined,
      postgres(its) {
        its.sql(
          'CREATE FUNCTION named() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := lower(NEW.name); RETURN NEW; END $$',
        )
        its.sql('CREATE TRIGGER users_named BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION named()')
      },
    }),
)

export const stamped = ['main:r1', 'main:r2', 'main:r3', 'main:r4']

export function templatedFleet(
  members: readonly FleetMember[],
  dialect: (member: FleetMember) => UnloadedDialect,
  history: readonly Revision[] = whole,
  state?: UnloadedDialect,
): Fleet {
  return createFleet({
    members,
    dialect,
    tiers: [graphOf(revisions(history))],
    template: true,
    ...(state === undefined ? {} : { state }),
  })
}

/** The same members, one by the template and one by the revisions. */
export async function expectEqual(
  dialect: (member: FleetMember) => UnloadedDialect,
  [templated, other]: readonly [FleetMember, FleetMember],
): Promise<void> {
  const fleet = templatedFleet([templated, other], dialect)
  const created = await fleet.create(templated)
  expect(created).toEqual({ applied: [], loaded: stamped })
  const plain = createFleet({ members: [templated, other], dialect, tiers: [graphOf(revisions(whole))] })
  expect((await plain.create(other)).applied).toEqual(stamped)
  expect(await differencesBetween(dialect(other), dialect(templated))).toEqual([])
  expect(await plain.status()).toMatchObject({ groups: [{ state: 'atHead', count: 2 }], failures: [] })
  expect((await plain.history(templated)).map(({ direction, revision }) => [direction, revision])).toEqual([
    ['load', 'r1'],
    ['load', 'r2'],
    ['load', 'r3'],
    ['load', 'r4'],
  ])
  // A later revision runs on both.
  const more: Revision = {
    revision: 'r5',
    downRevision: 'r4',
    upgrade: (op) => op.alterTable('users', (t) => t.addColumn('locale', varchar(12))),
  }
  const next = createFleet({ members: [templated, other], dialect, tiers: [graphOf(revisions([...whole, more]))] })
  expect(await next.upgrade()).toMatchObject({ migrated: 2, failed: 0 })
}
