import { expect, it } from 'vitest'
import { describeOnDialects } from '../../kit/own-sessions.ts'
import { counts } from '../../kit/scale.ts'
import { tcpProxy } from '../../kit/tcp-proxy.ts'
import { upgradeAt } from '../proxy/chain.ts'
import { pictureOf } from '../proxy/picture.ts'

describeOnDialects(['postgres', 'mariadb', 'mysql'], 'row 37: a connection that is reset', (createDatabase) => {
  it('at any message of the server leaves what the next run brings to the same end', async () => {
    const undisturbed = await createDatabase()
    const counted = await tcpProxy(undisturbed.url)
    counted.rule(() => 'pass')
    expect(await upgradeAt(counted.url)).toEqual({ applied: ['main:r1', 'main:r2', 'main:r3'] })
    const messages = counted.served()
    expect(messages).toBeGreaterThan(100)
    const expected = await pictureOf(undisturbed)

    const ended = new Map<string, number>()
    const points = counts.resetPoints
    const from = 1 + Math.floor(Math.random() * Math.max(1, messages / points))
    for (let at = from; at <= messages; at += Math.max(1, Math.floor(messages / points))) {
      const database = await createDatabase()
      const proxy = await tcpProxy(database.url)
      proxy.rule(({ from: side, number }) => (side === 'server' && number === at ? 'reset' : 'pass'))
      const { error } = await upgradeAt(proxy.url)
      const code = error?.code ?? 'none'
      ended.set(code, (ended.get(code) ?? 0) + 1)
      expect(['CONNECTION_LOST', 'DATABASE_UNREACHABLE', 'none'], `${at}: ${error?.message}`).toContain(code)
      if (error !== undefined) expect(error.remedy).not.toBe('')
      proxy.calm()
      expect((await upgradeAt(proxy.url)).error, `again after ${at}`).toBeUndefined()
      expect(await pictureOf(database), `message ${at} of ${messages}: ${error?.message}`).toEqual(expected)
      await database.drop()
    }
    expect(ended.get('CONNECTION_LOST')).toBeGreaterThan(0)
  })
})
