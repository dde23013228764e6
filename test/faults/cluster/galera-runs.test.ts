import { describe, expect, it } from 'vitest'
import { counts } from '../../kit/scale.ts'
import { appliedOn, beatMs, isolate, lockRow, type Member, makeBig, member, nodeUrls, onNodes } from './galera-kit.ts'

const leaseMs = 4_000
const each = { r1: 1, r2: 1, r3: 1 }

const rowsOf = async (db: { sql(text: string): Promise<unknown> }): Promise<unknown> =>
  db.sql('SET wsrep_sync_wait = 15; SELECT id FROM a ORDER BY id')

describe.runIf(nodeUrls.length === 3)('runs on the nodes of a Galera cluster', () => {
  it.each(Array.from({ length: counts.galeraStampedes }, (_, at) => at + 1))(
    'eight at once, round %i: no run fails, each revision once, all nodes are at head',
    async () => {
      const nodes = await onNodes()
      const members = Array.from({ length: 8 }, (_, at) => member(nodes[at % 3] ?? nodes[0], { chain: 'openWebui' }))
      const ends = await Promise.all(members.map(({ ended }) => ended))
      expect(ends.filter(({ applied }) => applied === undefined)).toEqual([])
      expect(ends.flatMap(({ applied }) => applied ?? [])).toHaveLength(39)
      for (const node of nodes) {
        expect(Object.values(await appliedOn(node)).filter((times) => times !== 1)).toEqual([])
        expect(Object.keys(await appliedOn(node))).toHaveLength(39)
        expect(await node.sql('SELECT version_num FROM migrate_version')).toEqual([{ version_num: 'e223b100ad81' }])
        expect(await node.sql('SELECT COUNT(*) AS n, COUNT(DISTINCT name) AS d FROM migratehistory')).toEqual([
          { n: '18', d: '18' },
        ])
      }
    },
    240_000,
  )

  it('one that is killed is taken over from another node, not before its lease is over', async () => {
    const [first, second] = await onNodes()
    const killed = member(first, { chain: 'gated', leaseMs, gate: true })
    await killed.until('atTheGate')
    const before = await lockRow(second)
    const next = member(second, { chain: 'gated', leaseMs, gate: true })
    await next.until('waiting')
    killed.kill('SIGKILL')
    expect((await killed.ended).signal).toBe('SIGKILL')
    const last = await beatMs(second)
    await next.until('atTheGate')
    const after = await lockRow(second)
    expect(after?.owner).not.toBe(before?.owner)
    expect(BigInt(after?.epoch ?? 0)).toBe(BigInt(before?.epoch ?? 0) + 1n)
    expect(Number(BigInt(after?.since_ms ?? 0) - last)).toBeGreaterThanOrEqual(leaseMs)
    next.open()
    expect(await next.ended).toMatchObject({ applied: ['main:r2', 'main:r3'] })
    for (const node of [first, second]) {
      expect(await appliedOn(node)).toEqual(each)
      expect(await rowsOf(node)).toEqual([{ id: 1 }, { id: 2 }])
    }
  })

  it('one that was stopped for longer than its lease writes nothing when it wakes', async () => {
    const [first, second] = await onNodes()
    const stopped = member(first, { chain: 'gated', leaseMs, gate: true })
    await stopped.until('atTheGate')
    stopped.kill('SIGSTOP')
    const next = member(second, { chain: 'gated', leaseMs })
    expect(await next.ended).toMatchObject({ applied: ['main:r2', 'main:r3'] })
    const picture = async (): Promise<unknown> => [
      await rowsOf(second),
      await appliedOn(second),
      await second.sql('SELECT * FROM migrate_history ORDER BY id'),
      await second.sql('SELECT * FROM migrate_lock ORDER BY id'),
    ]
    const before = await picture()
    stopped.open()
    stopped.kill('SIGCONT')
    expect(await stopped.ended).toMatchObject({ code: 'LOCK_LOST' })
    expect(await picture()).toEqual(before)
    expect(await appliedOn(second)).toEqual(each)
  })

  it.each([
    ['taken away by hand', 'UPDATE migrate_lock SET epoch = epoch + 1, owner = NULL WHERE id = 1'],
    ['deleted', 'DELETE FROM migrate_lock'],
    ['given to another run', "UPDATE migrate_lock SET epoch = epoch + 1, owner = 'somebody' WHERE id = 1"],
  ])(
    'one whose lock is %s on another node stops, and has recorded nothing since',
    async (_, sql) => {
      const [first, second] = await onNodes()
      const robbed = member(first, { chain: 'gated', leaseMs, gate: true })
      await robbed.until('atTheGate')
      await second.sql(sql)
      robbed.open()
      expect(await robbed.ended).toMatchObject({ code: 'LOCK_LOST' })
      expect(await appliedOn(second)).toEqual({ r1: 1 })
      expect(await rowsOf(second)).toEqual([])
      await second.sql("UPDATE migrate_lock SET owner = NULL WHERE owner = 'somebody'")
      expect(await member(second, { chain: 'gated', leaseMs }).ended).toMatchObject({ applied: ['main:r2', 'main:r3'] })
      expect(await appliedOn(first)).toEqual(each)
    },
    120_000,
  )

  it('one whose node is cut off ends, and the others continue without it; the node finds their history when it is back', async () => {
    const [first, second, third] = await onNodes()
    const cut = member(third, { chain: 'gated', leaseMs, gate: true })
    await cut.until('atTheGate')
    await isolate(third, true)
    let next: Member
    try {
      next = member(second, { chain: 'gated', leaseMs })
      expect(await next.ended).toMatchObject({ applied: ['main:r2', 'main:r3'] })
      cut.open()
      expect((await cut.ended).code).toMatch(
        /^(LOCK_LOST|CONNECTION_LOST|DATABASE_UNREACHABLE|STATEMENT_FAILED|STEP_FAILED)$/,
      )
    } finally {
      await isolate(third, false)
    }
    for (const node of [first, second, third]) {
      expect(await appliedOn(node)).toEqual(each)
      expect(await rowsOf(node)).toEqual([{ id: 1 }, { id: 2 }])
    }
    expect(await member(third, { chain: 'gated', leaseMs }).ended).toMatchObject({ applied: [] })
  })

  it('a data step that DDL on another node threw out of its transaction has changed nothing, and the next run does it', async () => {
    const [first, second] = await onNodes()
    const run = member(first, { chain: 'gated', leaseMs, gate: true })
    await run.until('atTheGate')
    // DDL has its place in the order of all nodes, and a session that holds a lock of its table gives way.
    await second.sql('ALTER TABLE a ADD COLUMN seen int')
    run.open()
    expect(await run.ended).toMatchObject({ code: 'STATEMENT_FAILED', message: expect.stringContaining('Deadlock') })
    expect(await appliedOn(second)).toEqual({ r1: 1 })
    expect(await rowsOf(second)).toEqual([])
    expect(await member(second, { chain: 'gated', leaseMs }).ended).toMatchObject({ applied: ['main:r2', 'main:r3'] })
    expect(await rowsOf(first)).toEqual([{ id: 1 }, { id: 2 }])
    expect(await appliedOn(first)).toEqual(each)
  })

  it('a change of a table that takes longer than the lease keeps its lock, though no node takes changes meanwhile', async () => {
    const [first, second] = await onNodes()
    await makeBig(first)
    const short = 1_500
    const members = [
      member(first, { chain: 'slow', leaseMs: short }),
      member(second, { chain: 'slow', leaseMs: short }),
    ]
    const ends = await Promise.all(members.map(({ ended }) => ended))
    expect(ends.filter(({ applied }) => applied === undefined)).toEqual([])
    expect(ends.flatMap(({ applied }) => applied ?? []).toSorted()).toEqual(['main:r1', 'main:r2', 'main:r3'])
    expect(await appliedOn(second)).toEqual(each)
    expect(await lockRow(second)).toMatchObject({ epoch: '2' })
  })
})
