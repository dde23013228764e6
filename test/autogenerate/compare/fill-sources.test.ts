import { compare, renderBody } from '@org/migrate-autogenerate'
import { column, integer, type OperationRecorder, readDeclared, table, text } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { line, migratorOf, type RevisionBody } from '../../kit/migrator.ts'
import { describeEverywhere, valuesOf } from '../../unit/losses/kit.ts'
import { loaded, projectFolder, rendered } from '../render/kit.ts'

const first = (op: OperationRecorder): void =>
  op.createTable('users', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', text())
    t.column('mail', text())
    t.column('legacy', text(), { nullable: false })
    t.primaryKey(['id'])
  })

const id = column(integer(), { nullable: false })
const must = column(text(), { nullable: false })
const users = (columns: Readonly<Record<string, ReturnType<typeof column>>>) =>
  readDeclared({ users: table('users', { id, ...columns }, { primaryKey: ['id'] }) })

const project = projectFolder()

describeEverywhere('a generated revision', (ground) => {
  it.each([
    ["'x' || name", ['name']],
    ["COALESCE(\"name\", 'it''s')", ['name']],
    ['CASE WHEN mail IS NULL THEN name ELSE CAST(id AS text) END', ['mail', 'name', 'id']],
    ['CURRENT_TIMESTAMP', []],
    // A name, a function or a subquery that is not known here.
    ['users.name', undefined],
    ['my_function(name)', undefined],
    ['(SELECT max(name) FROM users)', undefined],
    // It comes with the revision.
    ['nick', undefined],
  ])('declares what a value is computed from: %s', async (value, sources) => {
    const at = await ground()
    const { changes } = await compare(
      migratorOf(at.dialect(), line(first)),
      users({ name: column(text()), mail: column(text()), legacy: must, nick: column(text()), tag: must }),
      { from: 'replay', server: false, fill: () => value },
    )
    const fills = changes.flatMap(({ change }) => (change.kind === 'fill' ? [change.sources] : []))
    expect(fills).toEqual([sources])
  })

  it('declares names as they are before its renames, where that is certain', async () => {
    const at = await ground()
    const sourcesOf = async (value: string, names: Readonly<Record<string, string>>) => {
      const columns = Object.values(names).map((name) => [name, column(text())] as const)
      const { changes } = await compare(
        migratorOf(at.dialect(), line(first)),
        users({ ...Object.fromEntries(columns), legacy: must, tag: must }),
        {
          from: 'replay',
          server: false,
          answers: {
            renamed: Object.entries(names).flatMap(([from, to]) =>
              from === to ? [] : [{ from: `users.${from}`, to: `users.${to}` }],
            ),
          },
          fill: () => value,
        },
      )
      return changes.flatMap(({ change }) => (change.kind === 'fill' ? [change.sources] : []))
    }
    expect(await sourcesOf('email', { name: 'name', mail: 'email' })).toEqual([['mail']])
    expect(await sourcesOf('mail', { name: 'name', mail: 'email' })).toEqual([undefined])
  })

  it('fills a new column from another one, and a downgrade and the next upgrade restore what was written since', async () => {
    const at = await ground()
    const migrators = (second: RevisionBody) => migratorOf(at.dialect(), line(first, second))
    const declared = users({ name: column(text()), mail: column(text()), legacy: must, tag: must })
    const { dialect, changes } = await compare(migratorOf(at.dialect(), line(first)), declared, {
      from: 'replay',
      server: false,
      fill: () => "COALESCE(name, 'none')",
    })
    const upgrade = new Map([[dialect, changes.map(({ change }) => change)]])
    const module = await loaded(project.path, rendered({ upgrade }))
    const migrator = migrators(module.upgrade as RevisionBody)
    await migrator.upgrade('r1')
    await at.sql("INSERT INTO users (id, name, legacy) VALUES (1, 'ann', 'x'), (2, NULL, 'y')")
    await migrator.upgrade()
    await at.sql("UPDATE users SET tag = 'mine' WHERE id = 1")
    expect((await migrator.plan('r1')).steps[0]?.losses).toEqual([
      { object: 'column users.tag', how: 'dropped', rows: 2, preserved: true, bytes: expect.any(Number) },
    ])
    await migrator.downgrade('r1')
    await migrator.upgrade()
    expect((await at.sql('SELECT tag FROM users ORDER BY id')).map(({ tag }) => tag)).toEqual(['mine', 'none'])
  })

  it('drops a NOT NULL column with a downgrade to fill in, and without one where the values are preserved', async () => {
    const at = await ground()
    const dropped = users({ name: column(text()), mail: column(text()) })
    const from = 'replay'
    const generated = await compare(migratorOf(at.dialect(), line(first)), dropped, { from, server: false })
    expect(generated.downgrade.isDerived).toBe(false)
    const body = renderBody({
      upgrade: new Map([[generated.dialect, generated.changes.map(({ change }) => change)]]),
      downgrade: new Map([[generated.dialect, generated.downgrade.changes]]),
    })
    expect(body.toFillIn).toEqual([])
    expect(body.toFillInForDowngrade).toEqual([
      'the value of users.legacy for rows that have none: users.legacy comes back as NOT NULL, and its values are gone',
    ])
    expect(body.code).toContain(
      '  // Or remove this function, and write `preserve: true` at the drop in `upgrade`: a derived downgrade restores the values.\n',
    )
    expect(body.code).not.toContain('db.preserve')

    const byDefault = migratorOf(at.dialect(), line(first), { preserve: { upgrades: true } })
    expect((await compare(byDefault, dropped, { from, server: false })).downgrade.isDerived).toBe(true)
    const processed = await compare(migratorOf(at.dialect(), line(first)), dropped, {
      from,
      server: false,
      process: (all) =>
        all.map((change) =>
          change.kind === 'operation' && change.operation.kind === 'dropColumn'
            ? { ...change, operation: { ...change.operation, preserve: true } }
            : change,
        ),
    })
    expect(processed.downgrade.isDerived).toBe(true)
    const upgrade = new Map([[processed.dialect, processed.changes.map(({ change }) => change)]])
    const explicit = renderBody({ upgrade, downgrade: new Map([[processed.dialect, processed.downgrade.changes]]) })
    expect(explicit.code).toContain('preserve: true')
    expect(explicit.toFillInForDowngrade).toHaveLength(1)

    const module = await loaded(project.path, rendered({ upgrade }))
    const migrator = migratorOf(at.dialect(), line(first, module.upgrade as RevisionBody))
    await migrator.upgrade('r1')
    await at.sql("INSERT INTO users (id, legacy) VALUES (1, 'x'), (2, 'y')")
    expect((await migrator.plan()).steps[0]?.notes).toEqual([])
    await migrator.upgrade()
    await migrator.downgrade('r1')
    expect(await valuesOf(at, 'legacy', 'users')).toEqual(['x', 'y'])
  })
})
