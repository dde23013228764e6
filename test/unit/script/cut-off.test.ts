import { expect, test } from 'vitest'
import { counts } from '../../kit/scale.ts'
import { chain, items, migratorOn } from './chain.ts'
import { anything, describeOnGrounds, type Ground } from './ground.ts'

describeOnGrounds('a script', (createGround, name) => {
  test('cut off behind any of its statements, is resumed by upgrade: nothing twice, nothing half', async () => {
    const [online, printed] = [await createGround(), await createGround()]
    await migratorOn(online).upgrade()
    const expected = { catalog: await online.catalog(), items: await online.rows(items) }
    const paragraphs = (await migratorOn(printed).script()).split('\n\n')
    expect(paragraphs.length).toBeGreaterThan(20)
    const first = paragraphs.findIndex((each) => each.includes('-- upgrade main:'))
    expect(first).toBeGreaterThan(5)
    for (let until = first; until < paragraphs.length; until += counts.faultEvery) {
      const ground = await createGround()
      const cutScript = `${paragraphs.slice(0, until).join('\n\n')}\n`
      expect(ground.client(cutScript)).toMatchObject({ stopped: false })
      if (name !== 'sqlite' && (await hasNotes(ground))) {
        const stateBefore = await anything(ground)
        expect(ground.client(cutScript)).toMatchObject({ stopped: true })
        expect(await anything(ground)).toEqual(stateBefore)
      }
      await migratorOn(ground).upgrade()
      expect({ until, catalog: await ground.catalog(), items: await ground.rows(items) }).toEqual({
        until,
        ...expected,
      })
      expect(await ground.rows('SELECT revision FROM migrate_history ORDER BY id')).toEqual(
        chain.map(({ revision }) => ({ revision })),
      )
      expect(await migratorOn(ground).status()).toMatchObject({ state: 'atHead', interrupted: [] })
      await ground.drop()
    }
  })
})

async function hasNotes(ground: Ground): Promise<boolean> {
  const rows = await ground.rows('SELECT revision FROM migrate_journal').catch(() => [])
  return rows.length > 0
}
