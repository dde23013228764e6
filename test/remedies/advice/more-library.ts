import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createMigrator, type Plan, resolveTarget, revisions, graphOf as tierOf } from '@org/migrate-core'
import { sequential } from '@org/migrate-core/node'
import { readDrizzle as readPostgres } from '@org/migrate-dialect-postgres/drizzle'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { readDrizzle } from '@org/migrate-dialect-sqlite/drizzle'
import { integer as pgInteger, pgTable } from 'drizzle-orm/pg-core'
import { integer, sqliteTable } from 'drizzle-orm/sqlite-core'
import { line, migratorOf } from '../../execute/kit.ts'
import { graphOf } from '../../graph/kit.ts'
import { command } from '../program.ts'
import type { Place, Scenario } from '../scenario.ts'
import { made, second, words } from './programs-kit.ts'

const run = async ({ file }: Place, change: (plan: Plan) => Plan): Promise<void> => {
  const migrator = migratorOf(file, line(made))
  for await (const _ of migrator.run(change(await migrator.plan('head'))));
}
const chain = graphOf('a b<-a c<-b')
const twoTiers = ({ folder, file }: Place, optional = true) => {
  mkdirSync(join(folder, 'old'), { recursive: true })
  writeFileSync(join(folder, 'old/001_first.ts'), 'export function migrate() {}\n')
  return createMigrator({
    dialect: sqliteDialect({ url: file }),
    tiers: [sequential(join(folder, 'old'), { optional }), tierOf(revisions(line(made)))],
  })
}
const dataStep = "  op.run('count', async (db) => void (await db.query('SELECT 1')))"

/** Advice about plans, schemas of Drizzle, targets and scripts, by the text in the sources. */
export const moreLibrary: { readonly [advice: string]: readonly Scenario[] } = {
  'Plan again, and pass on what plan() gave as it is.': [
    {
      follows: '',
      call: (place) => run(place, (plan) => ({ ...plan, version: 7 }) as never),
      afterwards: (place) => run(place, (plan) => plan),
    },
  ],
  'Give one of them a name of its own: casing turns different keys into one name.': [
    {
      follows: '',
      call: () => readDrizzle([sqliteTable('t', { userId: integer(), user_id: integer() })], { casing: 'snake_case' }),
      afterwards: () =>
        readDrizzle([sqliteTable('t', { userId: integer(), user_id: integer('other_id') })], { casing: 'snake_case' }),
    },
  ],
  'Declare it with …, or read it with the package of its own dialect.': [
    {
      follows: '',
      call: () => readDrizzle([pgTable('t', { id: pgInteger() })] as never),
      afterwards: () => [
        readDrizzle([sqliteTable('t', { id: integer() })]),
        readPostgres([pgTable('t', { id: pgInteger() })]),
      ],
    },
  ],
  'Name a revision, or say where the database stands.': [
    {
      follows: '',
      call: () => resolveTarget(chain, 'current'),
      afterwards: () => [resolveTarget(chain, 'b'), resolveTarget(chain, 'current', { current: ['b'] })],
    },
  ],
  'Run the command without --tier.': [
    {
      follows: '',
      before: async (place) => {
        await place.up(line(made))
      },
      call: (place) => twoTiers(place).upgrade('head', { tier: 'legacy' }),
      afterwards: (place) => twoTiers(place).upgrade('head'),
    },
  ],
  'Run these revisions online and print the ranges before and after them (`from:to`), or leave the data steps out with --sql-skip-data.':
    [
      {
        follows: '',
        before: (place) => {
          second(place, dataStep)
        },
        call: (place) => command(place, 'upgrade', '--sql'),
        afterwards: (place) => {
          command(place, 'upgrade', 'base:a1', '--sql')
          command(place, 'upgrade', 'b1')
          command(place, 'upgrade', 'b1:head', '--sql')
        },
      },
      words(['upgrade', '--sql'], ['upgrade', '--sql', '--sql-skip-data'], (place) => second(place, dataStep)),
    ],
}
