import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { ensureBuilt } from '../../cli/project.ts'
import { root } from '../../repository/tree.ts'

const main = join(root, 'examples/open-webui/main.js')

describe('the example of a service on Open WebUI’s schema', () => {
  beforeAll(ensureBuilt, 120_000)

  it('migrates, takes the settings of config.json once, and starts with them again', () => {
    const folder = mkdtempSync(join(tmpdir(), 'example-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const { DATABASE_URL: _url, ...env } = process.env
    const start = () => spawnSync(process.execPath, [main], { encoding: 'utf8', env: { ...env, DATA_DIR: folder } })
    writeFileSync(join(folder, 'config.json'), '{"version": 0, "ui": {"title": "Größe"}}')
    const file = join(folder, 'webui.db')
    const first = start()
    expect(first.stderr).toBe('the database lies in DATA_DIR\n')
    expect(first.stdout).toBe(`${file} is at e223b100ad81: 39 steps ran.\nSettings: ui, version\n`)
    const raw = new Database(file, { readonly: true })
    expect(raw.prepare('SELECT key, value FROM config ORDER BY key').raw().all()).toEqual([
      ['ui', '{"title":"Größe"}'],
      ['version', expect.toSatisfy((value) => String(value) === '0')],
    ])
    raw.close()
    expect(readdirSync(folder).filter((name) => name.endsWith('.json'))).toEqual(['old_config.json'])
    expect(start().stdout).toBe(`${file} is at e223b100ad81: 0 steps ran.\nSettings: ui, version\n`)

    const broken = '{"version": 0, '
    writeFileSync(join(folder, 'config.json'), broken)
    const refused = start()
    expect([refused.status, refused.stdout]).toEqual([1, ''])
    expect(readFileSync(join(folder, 'config.json'), 'utf8')).toBe(broken)
  })
})
