import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import {
  cacheWithoutData,
  foldersOf,
  isAlive,
  processesIn,
  processesOf,
  startRun,
  temporaryFolder,
  until,
} from './kit.ts'

const testFolder = temporaryFolder()
// A machine with much else to do takes its time.
vi.setConfig({ testTimeout: 180_000 })
const hasKill = process.platform !== 'win32'

const nothingIsLeft = async (pids: readonly number[]): Promise<void> => {
  await until('the folder is removed', () => foldersOf(testFolder.path).length === 0)
  await until('every process ended', () => !pids.some(isAlive))
  await until('none works there', () => processesIn(testFolder.path).length === 0)
}

describe.runIf(hasKill)('what a run started', () => {
  test('ends with the run', async () => {
    const run = startRun('postgres', testFolder.path)
    const [postgres, ...otherServers] = await run.outcomes
    expect(postgres?.version).toMatch(/^PostgreSQL \d+\.\d+$/)
    expect(otherServers.map(({ reason }) => reason)).toEqual(Array(4).fill('not asked for'))
    const started = processesOf(testFolder.path)
    expect(started.map(({ kind }) => kind)).toEqual(['keeper', 'pid'])
    run.process.kill('SIGTERM')
    await run.ended
    expect(foldersOf(testFolder.path)).toEqual([])
    expect(started.filter(({ pid }) => isAlive(pid))).toEqual([])
  })

  test('ends after kill -9 of the run, sessions that compute included', async () => {
    const run = startRun('postgres', testFolder.path)
    const url = (await run.outcomes)[0]?.url ?? ''
    const { default: postgres } = await import('postgres')
    const client = postgres(url, { max: 1, onnotice: () => undefined })
    const [session] = await client<{ pid: number }[]>`select pg_backend_pid() pid`
    const computing = client`select count(*) from generate_series(1, 100000000000) n where n % 3 = 5`.catch(
      () => 'cut off',
    )
    const pids = [...processesOf(testFolder.path).map(({ pid }) => pid), session?.pid ?? 0]
    expect(pids.filter(isAlive)).toHaveLength(3)
    run.process.kill('SIGKILL')
    await nothingIsLeft(pids)
    expect(await computing).toBe('cut off')
    await client.end({ timeout: 1 })
  })

  test.each([50, 300, 600, 1200])('ends after kill -9 of the run while servers are made, %i ms in', async (ms) => {
    const run = startRun('postgres,mariadb', testFolder.path, cacheWithoutData(testFolder.path))
    await until('the folder is there', () => processesOf(testFolder.path).length > 0)
    await sleep(ms)
    const pids = processesOf(testFolder.path).map(({ pid }) => pid)
    run.process.kill('SIGKILL')
    await nothingIsLeft(pids)
  })

  test.runIf(process.platform === 'linux')('is ended by the next run where its keeper was killed too', async () => {
    const run = startRun('postgres', testFolder.path)
    await run.outcomes
    const started = processesOf(testFolder.path)
    const server = started.filter(({ kind }) => kind === 'pid').map(({ pid }) => pid)
    for (const { pid } of started.filter(({ kind }) => kind === 'keeper')) process.kill(pid, 'SIGKILL')
    run.process.kill('SIGKILL')
    await run.ended
    expect(server.filter(isAlive)).toEqual(server)
    const next = startRun('none', testFolder.path)
    await next.outcomes
    next.process.kill('SIGTERM')
    await next.ended
    await nothingIsLeft(server)
  })

  test('is its own where two runs start at once, and one continues when the other is killed', async () => {
    const cache = cacheWithoutData(testFolder.path)
    const runs = [startRun('postgres', testFolder.path, cache), startRun('postgres', testFolder.path, cache)] as const
    const [one, other] = await Promise.all(runs.map(async ({ outcomes }) => (await outcomes)[0]?.url ?? ''))
    expect(one).not.toBe(other)
    runs[0].process.kill('SIGKILL')
    await until('one folder is left', () => foldersOf(testFolder.path).length === 1)
    const { default: postgres } = await import('postgres')
    const client = postgres(other ?? '', { max: 1 })
    expect([...(await client`select 1 + 1 as two`)]).toEqual([{ two: 2 }])
    await client.end()
    runs[1].process.kill('SIGTERM')
    await runs[1].ended
    expect(foldersOf(testFolder.path)).toEqual([])
  })
})

describe('a URL that was given', () => {
  const reasonFor = async (variable: string, server: string, url: string): Promise<string | undefined> => {
    const run = startRun(server, testFolder.path, { [variable]: url })
    const outcome = (await run.outcomes).find(({ name }) => name === server)
    run.process.kill('SIGTERM')
    await run.ended
    return outcome?.reason
  }

  test.each([
    ['TEST_MYSQL_URL', 'mysql', 'mysql'],
    ['TEST_POSTGRES_URL', 'postgres', 'postgres'],
  ])('in %s where no server listens: the reason, and no password', async (variable, server, scheme) => {
    const reason = await reasonFor(variable, server, `${scheme}://root:geheim@127.0.0.1:1/test`)
    expect(reason).toMatch(new RegExp(`^${variable} \\(127\\.0\\.0\\.1:1\\): .*ECONNREFUSED`))
    expect(reason).not.toContain('geheim')
  })

  test.each([
    ['TEST_MYSQL_URL', 'mysql', 'mysql'],
    ['TEST_POSTGRES_URL', 'postgres', 'postgres'],
  ])('in %s where a server listens and never answers', async (variable, server, scheme) => {
    const deaf = createServer()
    const port = await new Promise<number>((resolve) => {
      deaf.listen(0, '127.0.0.1', () => resolve((deaf.address() as { port: number }).port))
    })
    const reason = await reasonFor(variable, server, `${scheme}://root@127.0.0.1:${port}/test`)
    expect(reason).toMatch(/TIMEOUT|ETIMEDOUT|no answer within/)
    deaf.close()
  })

  test('that is none', async () => {
    expect(await reasonFor('TEST_MARIADB_URL', 'mariadb', 'no URL')).toBe('TEST_MARIADB_URL: Invalid URL')
  })

  test.runIf(process.env.TEST_MARIADB_URL)('of another product', async () => {
    const reason = await reasonFor('TEST_MYSQL_URL', 'mysql', process.env.TEST_MARIADB_URL ?? '')
    expect(reason).toMatch(/: the server there is MariaDB \d/)
  })
})

test('a folder of no run is left alone', async () => {
  writeFileSync(`${testFolder.path}/migrate-servers-mine`, 'a file')
  const run = startRun('none', testFolder.path)
  await run.outcomes
  run.process.kill('SIGTERM')
  await run.ended
  expect(foldersOf(testFolder.path)).toEqual(['migrate-servers-mine'])
})
