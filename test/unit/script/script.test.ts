import { isWholeScript } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { items, migratorOn } from './chain.ts'
import { anything, bookkeeping, describeOnGrounds, type Ground } from './ground.ts'

async function everything(ground: Ground): Promise<unknown> {
  return { catalog: await ground.catalog(), items: await ground.rows(items), bookkeeping: await bookkeeping(ground) }
}

describeOnGrounds('a script, run by the own client of the server,', (createGround) => {
  test('ends in the schema, the rows and the bookkeeping of a run', async () => {
    const [online, offline] = [await createGround(), await createGround()]
    await migratorOn(online).upgrade()
    const script = await migratorOn(offline).script()
    expect(isWholeScript(script)).toBe(true)
    expect(offline.client(script)).toMatchObject({ stopped: false })
    expect(await everything(offline)).toEqual(await everything(online))
    expect(await offline.rows(items)).toMatchObject([{ name: "it's; \\ -- 'é' 😀" }, { name: 'two' }])
    expect(await migratorOn(offline).status()).toMatchObject({
      state: 'atHead',
      pending: 0,
      edited: [],
      interrupted: [],
    })
    // What the history kept of it leads back.
    await migratorOn(offline).downgrade('aaaaaaaaaaaa')
    await migratorOn(online).downgrade('aaaaaaaaaaaa')
    expect(await offline.catalog()).toEqual(await online.catalog())
  })

  test('says when it ran, by the clock of the server', async () => {
    const ground = await createGround()
    const before = Date.now()
    ground.client(await migratorOn(ground).script('aaaaaaaaaaaa'))
    const [row] = await ground.rows('SELECT started_at, finished_at FROM migrate_history')
    const at = String(row?.started_at)
    expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    expect(Math.abs(Date.parse(at) - before)).toBeLessThan(60_000)
  })

  test('run a second time stops, and changes nothing', async () => {
    const ground = await createGround()
    const script = await migratorOn(ground).script()
    ground.client(script)
    const stateBefore = await everything(ground)
    expect(ground.client(script)).toMatchObject({ stopped: true, output: expect.stringContaining('is not at base') })
    expect(await everything(ground)).toEqual(stateBefore)
  })

  test('on a database that stands elsewhere stops, and changes nothing', async () => {
    const ground = await createGround()
    const from = await migratorOn(ground).script('head', { from: 'bbbbbbbbbbbb' })
    const empty = ground.client(from)
    expect(empty.stopped).toBe(true)
    expect(await ground.catalog()).toEqual(await (await createGround()).catalog())
    await migratorOn(ground).upgrade('aaaaaaaaaaaa')
    const stateBefore = await anything(ground)
    expect(ground.client(from)).toMatchObject({
      stopped: true,
      output: expect.stringContaining('is not at bbbbbbbbbbbb'),
    })
    expect(await anything(ground)).toEqual(stateBefore)
    await migratorOn(ground).upgrade('bbbbbbbbbbbb')
    expect(ground.client(from)).toMatchObject({ stopped: false })
    expect(await migratorOn(ground).status()).toMatchObject({ state: 'atHead' })
  })

  test('from where the database stands continues from its real tables', async () => {
    const [online, offline] = [await createGround(), await createGround()]
    await migratorOn(online).upgrade()
    await migratorOn(offline).upgrade('aaaaaaaaaaaa')
    const script = await migratorOn(offline).script('head', { from: 'current', ...offline.scriptOptions })
    expect(offline.client(script)).toMatchObject({ stopped: false })
    expect(await everything(offline)).toEqual(await everything(online))
  })

  test('downward stops where a value would be lost, and goes where there is none', async () => {
    const ground = await createGround()
    await migratorOn(ground).upgrade()
    const down = await migratorOn(ground).script('bbbbbbbbbbbb', { command: 'downgrade', from: 'head' })
    await ground.rows('SELECT 1')
    const label = "UPDATE item SET label = 'x' WHERE id = 1"
    expect(ground.client(`${label};\n`)).toMatchObject({ stopped: false })
    const stateBefore = await everything(ground)
    expect(ground.client(down)).toMatchObject({
      stopped: true,
      output: expect.stringContaining('item.label holds values'),
    })
    expect(await everything(ground)).toEqual(stateBefore)
    ground.client('UPDATE item SET label = NULL;\n')
    expect(ground.client(down)).toMatchObject({ stopped: false })
    expect(await migratorOn(ground).status()).toMatchObject({ revision: ['bbbbbbbbbbbb'], interrupted: [] })
  })

  test('that stamps records what a stamp records', async () => {
    const [online, offline] = [await createGround(), await createGround()]
    await migratorOn(online).stamp('bbbbbbbbbbbb')
    expect(offline.client(await migratorOn(offline).script('bbbbbbbbbbbb', { command: 'stamp' }))).toMatchObject({
      stopped: false,
    })
    expect(await bookkeeping(offline)).toEqual(await bookkeeping(online))
  })
})
