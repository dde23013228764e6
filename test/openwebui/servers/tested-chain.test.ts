import { stairway } from '@org/migrate-autogenerate'
import { createMigrator, type Migrator } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { openWebuiTiers } from '@org/migrate-schema/tiers'
import { expect, it } from 'vitest'
import { onDialects, openDatabaseAt } from './kit/database.ts'

/** What a downgrade gives another form, as the description of the chain has it; all that a downgrade drops is preserved. */
const times = ['4ace53fd72c8 folder.created_at', '4ace53fd72c8 folder.updated_at']
/** On SQLite a column of the type JSON takes what looks like a number for one; a column of text takes the JSON of a server as it is. */
const documents = ['242a2047eae0 chat.chat', 'c29facfe716b file.meta']

async function findsNothing(migrator: Migrator, converted: readonly string[]): Promise<void> {
  const { ok, revisions } = await stairway({ migrator })
  expect(
    revisions.flatMap(({ revision, findings }) => findings.map(({ kind, what }) => `${revision} ${kind}: ${what}`)),
  ).toEqual([])
  expect(ok).toBe(true)
  expect(revisions.filter(({ outcome }) => outcome === 'tested').length).toBe(39)
  const lost = revisions.flatMap(({ revision, losses }) =>
    losses.filter(({ preserved }) => !preserved).map(({ object }) => `${revision} ${object.replace('column ', '')}`),
  )
  expect(lost.toSorted()).toEqual(converted)
}

const title = 'each of both tiers goes up, down and up again without a finding, and loses what is documented'

it(`sqlite: ${title}`, async () => {
  const migrator = createMigrator({
    dialect: sqliteDialect({ url: 'sqlite:/nowhere/app.db' }),
    tiers: openWebuiTiers(),
  })
  await findsNothing(migrator, [...documents, ...times].toSorted())
})

onDialects('the stairway', (createDatabase) => {
  it(title, async () => {
    const { migrator } = await openDatabaseAt(await createDatabase())
    await findsNothing(migrator, times)
  })
})
