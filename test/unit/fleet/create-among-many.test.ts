import { graphOf, revisions } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { createFleet, type FleetMember } from '@org/migrate-fleet'
import { expect, it } from 'vitest'
import { observedSessions } from '../../kit/observed-sessions.ts'
import { describeOn } from '../../kit/servers.ts'
import { chain } from './kit.ts'

describeOn('postgres', 'a new schema among many', (createDatabase) => {
  it.each([
    ['the revisions', false],
    ['a template', true],
  ])('Is made without reading what the others hold: from %s', async (_, template) => {
    const { url, sql } = await createDatabase()
    let read = 0
    const answered = (rows: readonly object[]): void => {
      read += rows.length
    }
    const dialect = ({ schema = '' }: FleetMember): UnloadedDialect =>
      observedSessions(postgresDialect({ url, schema }), { answered })
    const fleet = createFleet({ members: [], dialect, tiers: [graphOf(revisions(chain))], template })
    /** How many rows the making of one more takes. */
    const rowsOf = async (schema: string): Promise<number> => {
      const before = read
      await fleet.create({ id: schema, schema })
      return read - before
    }
    // The first one makes the template, the second one a plan that is shared.
    for (const schema of ['first', 'second']) await rowsOf(schema)
    const few = await rowsOf('third')
    expect(few).toBeGreaterThan(0)
    for (const schema of ['a', 'b', 'c', 'd', 'e', 'f'])
      await sql(`CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.own (id integer PRIMARY KEY, name text)`)
    expect(await rowsOf('fourth')).toBe(few)
  })
})
