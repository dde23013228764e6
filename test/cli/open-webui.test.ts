import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { refuseOldName } from '../../apps/cli/open-webui/old-name.ts'
import { bin, ensureBuilt, root } from './project.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'openwebui-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('a database of an old release in the folder', () => {
  test('ollama.db is refused, with and without a webui.db beside it', () => {
    const found = { source: 'DATA_DIR', dataFolder: folder }
    refuseOldName(found)
    writeFileSync(join(folder, 'ollama.db'), '')
    expect(() => refuseOldName(found)).toThrow(`rename it to ${join(folder, 'webui.db')}`)
    writeFileSync(join(folder, 'webui.db'), '')
    expect(() => refuseOldName(found)).toThrow('keep one of the two')
    refuseOldName({ ...found, source: 'DATABASE_URL' })
  })
})

describe('pnpm --filter cli migrate', () => {
  beforeAll(ensureBuilt)

  test('a schema is refused where the database has none', () => {
    const { DATABASE_URL: _url, ...env } = process.env
    const found = spawnSync(process.execPath, [bin, 'status', '--url', 'sqlite:none.db'], {
      cwd: join(root, 'apps/cli'),
      encoding: 'utf8',
      env: { ...env, DATABASE_SCHEMA: 'app' },
    })
    expect(found.status).toBe(2)
    expect(found.stderr).toContain('INVALID_OPTION')
    expect(found.stderr).toContain('sqlite knows no schemas within a database')
  })

  test.each([
    [
      { DATABASE_URL: 'oracle://app:c4nary@h/d' },
      'DATABASE_URL names no database: there is no dialect for the scheme oracle',
    ],
    [{ DATABASE_TYPE: 'sqlite+sqlcipher', DATABASE_PASSWORD: ' ' }, 'DATABASE_PASSWORD: the database is encrypted'],
  ])('a variable that is not right is named, and nothing is made: %j', (variables, words) => {
    const { DATABASE_URL: _url, ...env } = process.env
    const found = spawnSync(process.execPath, [bin, 'status'], {
      cwd: join(root, 'apps/cli'),
      encoding: 'utf8',
      env: { ...env, DATA_DIR: folder, ...variables },
    })
    expect(found.status).toBe(2)
    expect(found.stderr).toContain(words)
    expect(found.stderr).not.toContain('c4nary')
    expect(readdirSync(folder)).toEqual([])
  })

  test('DATA_DIR is where the database is, and is told', () => {
    const { DATABASE_URL: _url, ...env } = process.env
    const found = spawnSync(process.execPath, [bin, 'status', '--json'], {
      cwd: join(root, 'apps/cli'),
      encoding: 'utf8',
      env: { ...env, DATA_DIR: folder },
    })
    expect(JSON.parse(found.stdout)).toMatchObject({ state: 'empty', database: join(folder, 'webui.db') })
  })

  test('status --json goes through JSON.parse, and relative paths start where pnpm was called', () => {
    const { INIT_CWD: _caller, DATABASE_URL: _url, ...env } = process.env
    const found = spawnSync(
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
    expect(JSON.parse(found.stdout)).toMatchObject({
      state: 'empty',
      database: join(root, 'test/none.db'),
      pending: 39,
      tiers: [{ tier: 'legacy' }, { tier: 'main' }],
    })
    expect(found.status).toBe(0)
  })
})
