import { isMigrateError } from '@org/migrate-core'
import { describe, expect, test } from 'vitest'
import { cases, kinds } from './cases/index.ts'
import { migratorOn, on, type Recorded, seen } from './chain.ts'
import type { Opened, Subject } from './subject.ts'

type Who = 'nobody' | 'writers' | 'readers and writers'

/** Whether another session gets its answer while the transaction of the revision is open. */
async function answers({ sql }: Opened, text: string): Promise<boolean> {
  try {
    await sql(`SET lock_timeout = '60ms'; ${text}`)
    return true
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === '55P03') return false
    throw error
  }
}

/** Who waits for a table, as the server shows it to another session. */
async function whoWaits(opened: Opened, table: string): Promise<Who> {
  if (!(await answers(opened, `SELECT 1 FROM ${table} LIMIT 0`))) return 'readers and writers'
  return (await answers(opened, `DELETE FROM ${table} WHERE false`)) ? 'nobody' : 'writers'
}

const claim = /^(readers and writers|writers) of (\S+) wait from "/

/**
 * Each operation with a data step behind it: the sessions that the plan says will wait do, and no others. `every`: of the cases, each
 * n-th.
 */
export function blocked(subject: Subject, every: number): void {
  const { words } = subject
  const all = kinds.flatMap((kind) => cases[kind].map((each) => [`${kind}: ${each.title}`, each] as const))
  describe('who waits for a table', () => {
    test.each(all.filter((_, at) => at % every === 0))('%s', async (_title, each) => {
      if (each.needs !== undefined && each.needs(words) === undefined) return
      await on(subject.open, async (opened) => {
        if (words.beforeTrigger !== undefined) await opened.sql(words.beforeTrigger)
        const given: Recorded = (op) => each.given?.(op, words)
        const found = new Map<string, Who>()
        let before: readonly string[] = []
        const change: Recorded = (op) => {
          each.change(op, words)
          op.run('look from another session', async () => {
            for (const table of before) found.set(table, await whoWaits(opened, table))
          })
        }
        await migratorOn(opened, given).upgrade()
        before = [...(await seen(opened)).tables.values()].map(({ ref }) =>
          ref.schema === undefined ? ref.name : `${ref.schema}.${ref.name}`,
        )
        const migrator = migratorOn(opened, given, change)
        let claims: ReadonlyMap<string, string>
        try {
          const notes = (await migrator.plan()).steps.flatMap((step) => step.notes)
          claims = new Map(
            notes.flatMap((note) => {
              const [, who = '', table = ''] = claim.exec(note) ?? []
              return table === '' ? [] : [[table, who] as const]
            }),
          )
        } catch (error) {
          if (isMigrateError(error, 'UNSUPPORTED')) return
          throw error
        }
        await migrator.upgrade()
        expect(Object.fromEntries(before.map((table) => [table, claims.get(table) ?? 'nobody']))).toEqual(
          Object.fromEntries(found),
        )
      })
    })
  })
}
