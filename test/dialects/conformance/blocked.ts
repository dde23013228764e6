import { createMigrator, graphOf, isMigrateError, type Revision, revisions } from '@org/migrate-core'
import type { OperationKind } from '@org/migrate-core/dialect'
import { describe, expect, test } from 'vitest'
import { introspected, line, on, type Recorded } from '../../../packages/conformance/src/database.ts'
import { cases, kinds } from '../../../packages/conformance/src/operations/cases/index.ts'
import type { Subject, SubjectDatabase } from '../../../packages/conformance/src/subject.ts'

type Direction = 'up' | 'down'
type Who = 'none' | 'writers' | 'readers and writers'

/** Whether another session gets its answer while the transaction of the revision is open. */
async function answers({ sql }: SubjectDatabase, text: string): Promise<boolean> {
  try {
    await sql(`SET lock_timeout = '60ms'; ${text}`)
    return true
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === '55P03') return false
    throw error
  }
}

/** Who waits for a table, as the server shows it to another session. */
async function whoWaits(database: SubjectDatabase, table: string): Promise<Who> {
  if (!(await answers(database, `SELECT 1 FROM ${table} LIMIT 0`))) return 'readers and writers'
  return (await answers(database, `DELETE FROM ${table} WHERE false`)) ? 'none' : 'writers'
}

const claim = /^(readers and writers|writers) of (\S+) wait from "/

type Case = (typeof cases)[OperationKind][number]

/** The revision that makes the change, with a data step behind it, upwards or downwards. */
function revisionsOf(given: Recorded, change: Recorded, direction: Direction): readonly Revision[] {
  const [first] = line(given)
  if (first === undefined) throw new Error('there is no revision')
  const second = { revision: 'r2', downRevision: 'r1' }
  return direction === 'up'
    ? [first, { ...second, upgrade: change }]
    : [first, { ...second, upgrade: () => undefined, downgrade: change }]
}

/** Who waits for each table, as the plan says and as another session finds in the data step behind the change. */
async function waiting(
  database: SubjectDatabase,
  each: Case,
  { fragments }: Pick<Subject, 'fragments'>,
  direction: Direction,
): Promise<readonly [reported: unknown, observed: unknown] | undefined> {
  if (fragments.beforeTrigger !== undefined) await database.sql(fragments.beforeTrigger)
  const given: Recorded = (op) => each.given?.(op, fragments)
  const waiters = new Map<string, Who>()
  let before: readonly string[] = []
  const change: Recorded = (op) => {
    each.change(op, fragments)
    op.run('look from another session', async () => {
      for (const table of before) waiters.set(table, await whoWaits(database, table))
    })
  }
  const tiers = [graphOf(revisions(revisionsOf(given, change, direction)))]
  const migrator = createMigrator({ dialect: database.dialect, tiers })
  await migrator.upgrade(direction === 'up' ? 'r1' : 'r2')
  before = [...(await introspected(database)).tables.values()].map(({ ref }) =>
    ref.schema === undefined ? ref.name : `${ref.schema}.${ref.name}`,
  )
  const target = direction === 'up' ? 'r2' : 'r1'
  let claims: ReadonlyMap<string, string>
  try {
    const notes = (await migrator.plan(target, { direction })).steps.flatMap((step) => step.notes)
    claims = new Map(
      notes.flatMap((note) => {
        const [, who = '', table = ''] = claim.exec(note) ?? []
        return table === '' ? [] : [[table, who] as const]
      }),
    )
  } catch (error) {
    if (isMigrateError(error, 'UNSUPPORTED')) return undefined
    throw error
  }
  if (direction === 'up') await migrator.upgrade(target)
  else await migrator.downgrade(target, { allowDataLoss: true })
  const announced = Object.fromEntries(before.map((table) => [table, claims.get(table) ?? 'none']))
  return [announced, Object.fromEntries(waiters)]
}

/**
 * Each operation with a data step behind it: the sessions that the plan says will wait do, and no others; in an upgrade, and in a
 * downgrade that an author wrote. `every`: of the cases, each n-th.
 */
export function blocked(subject: Pick<Subject, 'open' | 'fragments'>, every: number): void {
  const all = kinds.flatMap((kind) => cases[kind].map((each) => [`${kind}: ${each.title}`, each] as const))
  describe.each(['up', 'down'] as const)('who waits for a table on the way %s', (direction) => {
    const first = direction === 'up' ? 0 : Math.floor(every / 2)
    test.each(all.filter((_, at) => at % every === first))('%s', async (_title, each) => {
      if (each.needs !== undefined && each.needs(subject.fragments) === undefined) return
      await on(subject.open, async (database) => {
        const compared = await waiting(database, each, subject, direction)
        if (compared !== undefined) expect(compared[0]).toEqual(compared[1])
      })
    })
  })
}
