import { expect, it } from 'vitest'
import { describeOnEach } from '../../kit/own-sessions.ts'
import { longRun } from '../../kit/scale.ts'
import { type Pace, tcpProxy } from '../../kit/tcp-proxy.ts'
import { upgradeAt } from '../proxy/chain.ts'
import { pictureOf } from '../proxy/picture.ts'

const servers = ['postgres', 'mariadb', 'mysql'] as const

describeOnEach(servers, 'row 39: a line that is slow, or cuts up what it carries', (createDatabase, server) => {
  const delayMs = longRun ? 100 : 2
  const paces: readonly (readonly [string, Pace])[] = [
    [`${delayMs} ms for each message`, { delayMs }],
    ['byte by byte', { pieces: 'bytes' }],
    ['what comes close together at once', { pieces: 'together' }],
  ]
  // Each of them on one server, where it has to be quick.
  const some = longRun ? paces : paces.filter((_, at) => servers[at] === server)
  it.each(some)(
    'changes nothing: %s',
    async (_what, pace) => {
      const undisturbed = await createDatabase()
      expect((await upgradeAt(undisturbed.url)).error).toBeUndefined()
      const database = await createDatabase()
      const proxy = await tcpProxy(database.url)
      proxy.pace(pace)
      expect(await upgradeAt(proxy.url)).toEqual({ applied: ['main:r1', 'main:r2', 'main:r3'] })
      expect(await pictureOf(database)).toEqual(await pictureOf(undisturbed))
    },
    600_000,
  )
})
