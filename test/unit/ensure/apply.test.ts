import type { MigrationEvent } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { describeEverywhere } from './ground.ts'
import { appliedOnce, migratorOf, promised, versions } from './kit.ts'

describeEverywhere('ensure apply', (createGround) => {
  it('brings an empty database, and one that is behind, to the head, and says what it did', async () => {
    const ground = await createGround()
    expect(await migratorOf(ground, 2).ensure({ mode: 'apply' })).toEqual({
      state: 'atHead',
      revision: ['r2'],
      applied: ['main:r1', 'main:r2'],
      warnings: [],
      ms: expect.any(Number),
    })
    await ground.sql("INSERT INTO notes (id, text) VALUES (1, 'kept')")
    expect(await migratorOf(ground, 3).ensure({ mode: 'apply' })).toMatchObject({
      state: 'atHead',
      revision: ['r3'],
      applied: ['main:r3'],
    })
    expect(await versions(ground)).toEqual(['r3'])
    await appliedOnce(ground, 'r1', 'r2', 'r3')
    expect(await ground.sql('SELECT text, label_id FROM notes')).toEqual([{ text: 'kept', label_id: null }])
  })

  it('at the head writes nothing, and asks for no right to write', async () => {
    const ground = await createGround()
    await migratorOf(ground, 3).ensure({ mode: 'apply' })
    const before = await ground.picture()
    const events: MigrationEvent[] = []
    const only = await ground.readOnly()
    const migrator = migratorOf({ dialect: () => only }, 3)
    expect(await migrator.ensure({ mode: 'apply', onEvent: (event) => events.push(event) })).toMatchObject({
      state: 'atHead',
      revision: ['r3'],
      applied: [],
      warnings: [],
    })
    expect(events.filter((event) => event.type === 'stepStarted')).toEqual([])
    expect(await ground.picture()).toEqual(before)
  })

  it('of a release that has nothing to do does not wait for the run of a newer one, unless half of that shows', async () => {
    const ground = await createGround()
    await migratorOf(ground, 2).upgrade()
    const inside = promised()
    const go = promised()
    const gate = async (): Promise<void> => {
      inside.fulfil()
      await go.fulfilled
    }
    const newer = migratorOf(ground, { knows: 3, gate }).ensure({ mode: 'apply' })
    await inside.fulfilled
    try {
      const older = migratorOf(ground, 2).ensure({ mode: 'apply', timeoutMs: 0 })
      // DDL of MySQL and MariaDB commits by itself: what is under way shows.
      if (ground.name === 'sqlite' || ground.name === 'postgres') expect((await older).applied).toEqual([])
      else await expect(older).rejects.toMatchObject({ code: 'LOCKED' })
    } finally {
      go.fulfil()
    }
    expect((await newer).applied).toEqual(['main:r3'])
    await appliedOnce(ground, 'r1', 'r2', 'r3')
  })

  it('that waited for the run of another finds nothing to do; `timeoutMs` ends the wait with who holds the lock', async () => {
    const ground = await createGround()
    await migratorOf(ground, 2).upgrade()
    const inside = promised()
    const go = promised()
    const gate = async (): Promise<void> => {
      inside.fulfil()
      await go.fulfilled
    }
    const first = migratorOf(ground, { knows: 3, gate }).ensure({ mode: 'apply' })
    await inside.fulfilled
    await expect(migratorOf(ground, 3).ensure({ mode: 'apply', timeoutMs: 200 })).rejects.toMatchObject({
      code: 'LOCKED',
      details: { holder: expect.stringMatching(/./) },
    })
    const waiting = promised()
    const second = migratorOf(ground, 3).ensure({
      mode: 'apply',
      onEvent: (event) => {
        if (event.type === 'waiting') waiting.fulfil()
      },
    })
    await waiting.fulfilled
    go.fulfil()
    expect((await first).applied).toEqual(['main:r3'])
    expect(await second).toMatchObject({ state: 'atHead', revision: ['r3'], applied: [] })
    await appliedOnce(ground, 'r1', 'r2', 'r3')
  })

  it('is stopped by its signal while it waits, and changes nothing', async () => {
    const ground = await createGround()
    await migratorOf(ground, 2).upgrade()
    const inside = promised()
    const go = promised()
    const gate = async (): Promise<void> => {
      inside.fulfil()
      await go.fulfilled
    }
    const first = migratorOf(ground, { knows: 3, gate }).ensure({ mode: 'apply' })
    await inside.fulfilled
    const stop = new AbortController()
    const second = migratorOf(ground, 4).ensure({
      mode: 'apply',
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type === 'waiting') stop.abort()
      },
    })
    await expect(second).rejects.toMatchObject({ code: 'ABORTED', details: { applied: [] } })
    go.fulfil()
    await first
    expect(await versions(ground)).toEqual(['r3'])
  })

  it('fails as the revision fails, and the next start resumes', async () => {
    const ground = await createGround()
    await migratorOf(ground, 2).upgrade()
    const broken = migratorOf(ground, {
      knows: 3,
      gate: () => Promise.reject(new Error('the disk of the labels is full')),
    })
    await expect(broken.ensure({ mode: 'apply' })).rejects.toMatchObject({
      message: expect.stringContaining('the disk of the labels is full'),
    })
    expect(await versions(ground)).toEqual(['r2'])
    expect((await migratorOf(ground, 3).ensure({ mode: 'apply' })).applied).toEqual(['main:r3'])
    expect((await ground.sql('SELECT id FROM labels')).map((row) => Number(row.id))).toEqual([1])
  })

  it('refuses a mode that there is not, and other options that would not do what they say, before anything is opened', async () => {
    const ground = await createGround()
    for (const mode of ['migrate', 'toString', '', undefined]) {
      // What a program without types may say.
      const options = JSON.parse(JSON.stringify({ mode }))
      await expect(migratorOf(ground, 2).ensure(options)).rejects.toMatchObject({
        code: 'INVALID_OPTION',
        details: { option: 'mode', why: expect.stringMatching(/"apply", "verify", "wait"/) },
      })
    }
    for (const [option, value] of [
      ['ahead', 'sarve'],
      ['timeoutMs', -1],
      ['timeoutMs', Number.NaN],
      ['timeoutMs', '5'],
    ] as const) {
      const options = { mode: 'wait' } as const
      await expect(migratorOf(ground, 2).ensure(Object.assign({}, options, { [option]: value }))).rejects.toMatchObject(
        { code: 'INVALID_OPTION', details: { option } },
      )
    }
    await expect(migratorOf(ground, 2).upgrade('head', { lockWaitMs: Number.NaN })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      details: { option: 'lockWaitMs' },
    })
    expect(await migratorOf(ground, 2).status({ files: false })).toMatchObject({ state: 'empty' })
    await migratorOf(ground, 1).upgrade()
    expect(await versions(ground)).toEqual(['r1'])
  })
})
