import { createMigrator, type Migrator } from '@org/migrate-core'
import { openWebuiTiers } from '@org/migrate-schema/tiers'
import { expect, test } from 'vitest'
import { bookkeeping, describeOnGrounds, type Ground } from './ground.ts'

const migratorOf = (ground: Ground): Migrator =>
  createMigrator({ dialect: ground.dialect(), tiers: openWebuiTiers({ legacy: true }) })

describeOnGrounds('the whole chain of Open WebUI as a script', (createGround) => {
  // Its data steps have no rows to work on in either: what is left out of the script does nothing in the run.
  test('ends in the schema and the bookkeeping of a run, both tiers', async () => {
    const [online, offline] = [await createGround(), await createGround()]
    await migratorOf(online).upgrade()
    const script = await migratorOf(offline).script('head', { skipData: true })
    expect(offline.client(script)).toMatchObject({ stopped: false })
    // SQLite's DROP COLUMN spaces the text in its own way, and a rebuild, which the script has in its place, leaves it as it was.
    const spaced = async ({ catalog }: Ground): Promise<string> =>
      JSON.stringify(await catalog()).replace(/(?:\\n| )+/g, ' ')
    expect(await spaced(offline)).toBe(await spaced(online))
    // How an operation behind a data step is taken back is told, in a run, in the words of the server's own tables.
    expect(await bookkeeping(offline, 'without')).toEqual(await bookkeeping(online, 'without'))
    const names = 'SELECT id, name FROM migratehistory ORDER BY id'
    expect(await offline.rows(names)).toEqual(await online.rows(names))
    expect(await migratorOf(offline).status()).toMatchObject({ state: 'atHead', pending: 0, edited: [] })
  })

  test('names its data steps where leaving them out is not requested', async () => {
    const ground = await createGround()
    await expect(migratorOf(ground).script()).rejects.toMatchObject({ code: 'NOT_PRINTABLE' })
  })
})
