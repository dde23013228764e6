import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { refuseOldName } from '../../apps/cli/open-webui/old-name.ts'
import { executeIn } from '../unit/run/kit.ts'
import { bin, ensureBuilt, root } from './project.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'openwebui-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('a database of an old release in the folder', () => {
  test('ollama.db is refused, with and without a webui.db beside it', () => {
    const result = { source: 'DATA_DIR', dataFolder: folder }
    refuseOldName(result)
    writeFileSync(join(folder, 'ollama.db'), '')
    expect(() => refuseOldName(result)).toThrow(`rename it to ${join(folder, 'webui.db')}`)
    writeFileSync(join(folder, 'webui.db'), '')
    expect(() => refuseOldName(result)).toThrow('keep one of the two')
    refuseOldName({ ...result, source: 'DATABASE_URL' })
  })
})

describe('pnpm --filter cli migrate', () => {
  beforeAll(ensureBuilt)

  test('a schema is refused where the database has none', () => {
    const { DATABASE_URL: _url, ...env } = process.env
    const result = spawnSync(process.execPath, [bin, 'status', '--url', 'sqlite:none.db'], {
      cwd: join(root, 'apps/cli'),
      encoding: 'utf8',
      env: { ...env, DATABASE_SCHEMA: 'app' },
    })
    expect(result.status).toBe(2)
    expect(result.stderr).toContain('INVALID_OPTION')
    expect(result.stderr).toContain('sqlite knows no schemas within a database')
  })

  test.each([
    [
      { DATABASE_URL: 'oracle://app:c4nary@h/d' },
      'DATABASE_URL names no database: there is no dialect for the scheme oracle',
    ],
    [{ DATABASE_TYPE: 'sqlite+sqlcipher', DATABASE_PASSWORD: ' ' }, 'DATABASE_PASSWORD: the database is encrypted'],
  ])('a variable that is not right is named, and nothing is made: %j', (variables, message) => {
    const { DATABASE_URL: _url, ...env } = process.env
    const result = spawnSync(process.execPath, [bin, 'status'], {
      cwd: join(root, 'apps/cli'),
      encoding: 'utf8',
      env: { ...env, DATA_DIR: folder, ...variables },
    })
    expect(result.status).toBe(2)
    expect(result.stderr).toContain(message)
    expect(result.stderr).not.toContain('c4nary')
    expect(readdirSync(folder)).toEqual([])
  })

  test('DATA_DIR is where the database is, and is told', () => {
    const { DATABASE_URL: _url, ...env } = process.env
    const result = spawnSync(process.execPath, [bin, 'status', '--json'], {
      cwd: join(root, 'apps/cli'),
      encoding: 'utf8',
      env: { ...env, DATA_DIR: folder },
    })
    expect(JSON.parse(result.stdout)).toMatchObject({ state: 'empty', database: join(folder, 'webui.db') })
  })

  test('status --json goes through JSON.parse, and relative paths start where pnpm was called', () => {
    const { INIT_CWD: _caller, DATABASE_URL: _url, ...env } = process.env
    const result = spawnSync(
      'npx',
      [
        '--yes',
        'pnpm@10',
        '--silent',
        '--filter',
        'cli',
        'migrate',
        'status',
        '--json',
        '--url',
        'sqlite:test/none.db',
      ],
      { cwd: root, encoding: 'utf8', env },
    )
    expect(JSON.parse(result.stdout)).toMatchObject({
      state: 'empty',
      database: join(root, 'test/none.db'),
      pending: 39,
      tiers: [{ tier: 'legacy' }, { tier: 'main' }],
    })
    expect(result.status).toBe(0)
  })

  test('check finds that a database at head is the declared tables, and what the chain makes', {
    timeout: 180_000,
  }, () => {
    const { DATABASE_URL: _url, ...env } = process.env
    const run = (...args: readonly string[]) =>
      spawnSync(process.execPath, [bin, ...args], {
        cwd: join(root, 'apps/cli'),
        encoding: 'utf8',
        env: { ...env, DATA_DIR: folder },
      })
    const up = run('upgrade')
    expect({ status: up.status, stderr: up.status === 0 ? '' : up.stderr }).toEqual({ status: 0, stderr: '' })
    for (const from of [[], ['--from', 'replay']]) {
      const { status, stdout } = run('check', '--json', ...from)
      expect({ from, status }, stdout).toEqual({ from, status: 0 })
      expect(JSON.parse(stdout)).toMatchObject({
        ok: true,
        answers: { atHead: 'yes', model: 'yes', noDrift: 'yes', unedited: 'yes', oneHead: 'yes' },
      })
    }
    executeIn(join(folder, 'webui.db'), 'ALTER TABLE tag ADD COLUMN colour INTEGER')
    const changed = run('check', '--json')
    expect(changed.status).toBe(3)
    expect(JSON.parse(changed.stdout)).toMatchObject({ ok: false, answers: { model: 'no', noDrift: 'no' } })
    expect(changed.stdout).toContain('table tag: column colour is not expected')
  })
})
