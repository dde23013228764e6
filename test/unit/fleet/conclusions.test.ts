import type { Row, Session } from '@org/migrate-core/dialect'
import { expect, it } from 'vitest'
import { Conclusions } from '../../../packages/core/src/planning/same-answers.ts'

type Tables = Readonly<Record<string, readonly Row[]>>

/** A session with texts, on tables that are called as their query. */
function sessionOn(tables: Tables): Session {
  const rowsOf = async (sql: string): Promise<readonly Row[]> => {
    const rows = tables[sql]
    if (rows === undefined) throw new Error(`no such table: ${sql}`)
    return rows
  }
  const textsOf: Session['textsOf'] = (reads) =>
    Promise.all(reads.map(async ({ sql }) => JSON.stringify(await rowsOf(sql))))
  return { query: rowsOf, textsOf } as Partial<Session> as Session
}

const readsOf = (tables: Tables) => Object.entries(tables).map(([sql, rows]) => ({ sql, params: [], rows }))

it('What two databases with other tables lead to at once is not taken for each other', async () => {
  const conclusions = new Conclusions<string>()
  const plain: Tables = { version: [{ head: 'r2' }] }
  const preserved: Tables = { version: [{ head: 'r2' }], preserved: [{ format: 1 }] }
  const note = (tables: Tables, value: string) => conclusions.note(sessionOn(tables), readsOf(tables), value, () => [])
  await Promise.all([note(plain, 'plain'), note(preserved, 'preserved')])
  expect(await conclusions.for(sessionOn(plain), () => [])).toBe('plain')
  expect(await conclusions.for(sessionOn({ version: [{ head: 'r1' }] }), () => [])).toBeUndefined()
})
