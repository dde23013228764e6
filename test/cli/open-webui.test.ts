import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openWebuiUrl } from '../../apps/cli/open-webui/database-url.ts'
import { bin, ensureBuilt, root } from './project.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'openwebui-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const parts = {
  DATABASE_TYPE: 'postgresql',
  DATABASE_USER: 'a b',
  DATABASE_PASSWORD: 'p@ss/%#',
  DATABASE_HOST: 'h',
  DATABASE_PORT: '5432',
  DATABASE_NAME: 'n/x',
}

describe("the database that Open WebUI's environment names", () => {
  test('all parts together win over DATABASE_URL, percent-encoded, and the notes say so without the password', () => {
    const { url, notes } = openWebuiUrl({ ...parts, DATABASE_URL: 'sqlite:///x.db' }, folder)
    expect(url).toBe('postgresql://a%20b:p%40ss%2F%25%23@h:5432/n%2Fx')
    expect(new URL(url)).toMatchObject({ username: 'a%20b', hostname: 'h', port: '5432' })
    expect(notes.join()).toMatch(/DATABASE_TYPE.*DATABASE_URL is set as well/)
    expect(notes.join()).not.toContain('p@ss')
    const { DATABASE_PASSWORD: _password, ...without } = parts
    expect(openWebuiUrl(without, folder).url).toBe('postgresql://a%20b@h:5432/n%2Fx')
  })

  test.each(['DATABASE_TYPE', 'DATABASE_USER', 'DATABASE_HOST', 'DATABASE_PORT', 'DATABASE_NAME'])(
    'without %s the parts do not count',
    (name) => {
      const { url, notes } = openWebuiUrl({ ...parts, [name]: '', DATABASE_URL: 'sqlite:///x.db' }, folder)
      expect(url).toBe('sqlite:///x.db')
      expect(notes.join()).toContain(`${name} not set`)
    },
  )

  test('nothing set: webui.db in the data folder; DATA_DIR moves it; an encrypted one is never opened as a plain one', () => {
    expect(openWebuiUrl({}, folder)).toEqual({ url: `sqlite:${join(folder, 'webui.db')}`, notes: [] })
    expect(openWebuiUrl({ DATA_DIR: '/srv/data' }, folder).url).toBe('sqlite:/srv/data/webui.db')
    expect(openWebuiUrl({ DATABASE_TYPE: 'sqlite+sqlcipher', DATA_DIR: '/srv' }, folder).url).toBe(
      'sqlite+sqlcipher:////srv/webui.db',
    )
  })

  test('ollama.db of an old release is refused, with and without a webui.db beside it', () => {
    writeFileSync(join(folder, 'ollama.db'), '')
    expect(() => openWebuiUrl({}, folder)).toThrow(`rename it to ${join(folder, 'webui.db')}`)
    writeFileSync(join(folder, 'webui.db'), '')
    expect(() => openWebuiUrl({}, folder)).toThrow('keep one of the two')
    expect(openWebuiUrl({ DATABASE_URL: 'sqlite:///x.db' }, folder).url).toBe('sqlite:///x.db')
  })

  test('DATABASE_SCHEMA goes along with whatever database there is', () => {
    expect(openWebuiUrl({ ...parts, DATABASE_SCHEMA: 'app' }, folder).schema).toBe('app')
    expect(openWebuiUrl({ DATABASE_SCHEMA: 'app' }, folder)).toEqual({
      url: `sqlite:${join(folder, 'webui.db')}`,
      notes: [],
      schema: 'app',
    })
    expect(openWebuiUrl({ DATABASE_SCHEMA: '' }, folder).schema).toBeUndefined()
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
