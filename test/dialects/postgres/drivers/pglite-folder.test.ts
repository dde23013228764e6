import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { describe, expect, onTestFinished, test } from 'vitest'

describe('who has a folder', () => {
  const emptyFolder = (): string => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pglite-')))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    return folder
  }
  const open = (folder: string) =>
    postgresDialect({ url: `pglite:${folder}` }).connection.connect({ purpose: 'run', waitMs: 0 })
  const heldBy = (pid: number) => ({
    code: 'DATABASE_UNREACHABLE',
    message: expect.stringContaining(`process ${pid} has it open`),
  })
  /** What this process leaves beside a folder. */
  async function linesOfThis(data: string): Promise<readonly string[]> {
    const session = await open(data)
    const lines = readFileSync(`${data}.lock`, 'utf8').split('\n')
    await session.close()
    return lines
  }

  test('in a container is not known by its number: the first process of each has the same', async () => {
    const data = join(emptyFolder(), 'data')
    const [pid = '', , ...rest] = await linesOfThis(data)
    const file = `${data}.lock`
    writeFileSync(file, [pid, 'another place', ...rest].join('\n'))
    await expect(open(data)).rejects.toMatchObject(heldBy(process.pid))
    const longAgo = new Date(Date.now() - 11 * 60_000)
    utimesSync(file, longAgo, longAgo)
    await (await open(data)).close()
    expect(existsSync(file)).toBe(false)
  })

  test.runIf(process.platform === 'linux')('is not another process that was given its number', async () => {
    const data = join(emptyFolder(), 'data')
    const [, location = '', start = ''] = await linesOfThis(data)
    expect(start).toMatch(/^\d+$/)
    writeFileSync(`${data}.lock`, [process.ppid, location, '1', 'token'].join('\n'))
    await (await open(data)).close()
    writeFileSync(`${data}.lock`, [process.pid, location, start, 'another thread'].join('\n'))
    await expect(open(data)).rejects.toMatchObject(heldBy(process.pid))
  })

  test('is the same under another name of the folder, and has written its file whole', async () => {
    const folder = emptyFolder()
    const data = join(folder, 'data')
    const first = await open(data)
    symlinkSync(data, join(folder, 'link'))
    await first.execute('CREATE TABLE t (id int)')
    const waiting = open(join(folder, 'link'))
    await first.close()
    const second = await waiting
    expect(readdirSync(folder).sort()).toEqual(['data', 'data.lock', 'link'])
    expect(await second.query('SELECT count(*) AS n FROM t')).toMatchObject([{ n: 0n }])
    await second.close()
    writeFileSync(`${data}.lock`, '')
    await expect(open(data)).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' })
  })

  test('frees no file that is another process’s by now', async () => {
    const data = join(emptyFolder(), 'data')
    const session = await open(data)
    writeFileSync(`${data}.lock`, 'of another process')
    await session.close()
    expect(readFileSync(`${data}.lock`, 'utf8')).toBe('of another process')
  })
})
