import type { MigrationEvent } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { tcpProxy } from '../../kit/tcp-proxy.ts'
import { describeEverywhere, describeOnServers, type Ground } from './ground.ts'
import { appliedOnce, migratorOf, promised } from './kit.ts'

const onWaiting =
  (then: () => void) =>
  (event: MigrationEvent): void => {
    if (event.type === 'waiting') then()
  }

describeEverywhere('ensure wait', (createGround) => {
  it('waits until another program has brought the database to the head, and applies nothing itself', async () => {
    const ground = await createGround()
    await migratorOf(ground, 1).upgrade()
    const waits = promised()
    const waiting = migratorOf(ground, 3).ensure({ mode: 'wait', onEvent: onWaiting(waits.fulfil) })
    await waits.fulfilled
    const other = await migratorOf(ground, 2).upgrade()
    expect(other.applied).toEqual(['main:r2'])
    await migratorOf(ground, 3).upgrade()
    expect(await waiting).toMatchObject({ state: 'atHead', revision: ['r3'], applied: [], warnings: [] })
    await appliedOnce(ground, 'r1', 'r2', 'r3')
  })

  it('waits for a run that is in the middle of a revision', async () => {
    const ground = await createGround()
    await migratorOf(ground, 2).upgrade()
    const inside = promised()
    const go = promised()
    const gate = async (): Promise<void> => {
      inside.fulfil()
      await go.fulfilled
    }
    const run = migratorOf(ground, { knows: 3, gate }).upgrade()
    await inside.fulfilled
    const waits = promised()
    const waiting = migratorOf(ground, 3).ensure({ mode: 'wait', onEvent: onWaiting(waits.fulfil) })
    await waits.fulfilled
    go.fulfil()
    await run
    expect(await waiting).toMatchObject({ state: 'atHead', revision: ['r3'], applied: [] })
  })

  it('is content at once at the head, and with what a newer program left that is compatible', async () => {
    const ground = await createGround()
    await migratorOf(ground, 3).upgrade()
    const before = await ground.picture()
    const only = await ground.readOnly()
    for (const [knows, state] of [
      [3, 'atHead'],
      [2, 'ahead'],
    ] as const) {
      const migrator = migratorOf({ dialect: () => only }, knows)
      expect(await migrator.ensure({ mode: 'wait', timeoutMs: 0 })).toMatchObject({ state, revision: ['r3'] })
    }
    expect(await ground.picture()).toEqual(before)
  })

  it('ends after its limit with what is still missing, and has written nothing', async () => {
    const ground = await createGround()
    await ground.sql('CREATE TABLE other (id int)')
    const before = await ground.picture()
    await expect(migratorOf(ground, 3).ensure({ mode: 'wait', timeoutMs: 300 })).rejects.toMatchObject({
      code: 'NOT_AT_HEAD',
      details: { state: 'behind', pending: 3 },
    })
    expect(await ground.picture()).toEqual(before)
  })

  it('does not wait for what no run will fix', async () => {
    const ground = await createGround()
    await migratorOf(ground, 4).upgrade()
    const waiting = migratorOf(ground, 2).ensure({ mode: 'wait', timeoutMs: 600_000 })
    await expect(waiting).rejects.toMatchObject({ code: 'NOT_AT_HEAD', details: { state: 'ahead' } })
  })

  it('is stopped by its signal', async () => {
    const ground = await createGround()
    await migratorOf(ground, 1).upgrade()
    const before = await ground.picture()
    const stop = new AbortController()
    const migrator = migratorOf(ground, 3)
    const waiting = migrator.ensure({
      mode: 'wait',
      timeoutMs: 600_000,
      signal: stop.signal,
      onEvent: onWaiting(() => stop.abort()),
    })
    await expect(waiting).rejects.toMatchObject({ code: 'ABORTED', details: { applied: [] } })
    await expect(migrator.ensure({ mode: 'wait', signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ABORTED',
    })
    expect(await ground.picture()).toEqual(before)
  })
})

describeOnServers('ensure wait', (createGround) => {
  const through = (url: string): Pick<Ground, 'dialect'> => ({
    dialect: () => (url.startsWith('postgres') ? postgresDialect({ url }) : mysqlDialect({ url })),
  })

  it('waits for a server that does not listen yet', async () => {
    const ground = await createGround()
    await migratorOf(ground, 3).upgrade()
    const proxy = await tcpProxy(ground.url)
    await proxy.refuse(true)
    const waits = promised()
    const waiting = migratorOf(through(proxy.url), 3).ensure({ mode: 'wait', onEvent: onWaiting(waits.fulfil) })
    await waits.fulfilled
    await proxy.refuse(false)
    expect(await waiting).toMatchObject({ state: 'atHead', revision: ['r3'] })
  })

  it('says after its limit that there is no server', async () => {
    const ground = await createGround()
    const proxy = await tcpProxy(ground.url)
    await proxy.refuse(true)
    const reported: string[] = []
    await expect(
      migratorOf(through(proxy.url), 3).ensure({
        mode: 'wait',
        timeoutMs: 700,
        onEvent: onWaiting(() => reported.push('waiting')),
      }),
    ).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' })
    expect(reported).not.toEqual([])
    await proxy.refuse(false)
  })

  it('continues where its connection is lost meanwhile', async () => {
    const ground = await createGround()
    await migratorOf(ground, 3).upgrade()
    const proxy = await tcpProxy(ground.url)
    let cut = 0
    proxy.rule(({ from, connection, number }) => {
      if (from !== 'server' || connection > 2 || number < 4) return 'pass'
      cut += 1
      return 'reset'
    })
    expect(await migratorOf(through(proxy.url), 3).ensure({ mode: 'wait' })).toMatchObject({ state: 'atHead' })
    expect(cut).toBeGreaterThan(0)
  })
})
