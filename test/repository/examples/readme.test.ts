import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { root } from '../tree.ts'
import { blocksOf, follow, installed, installedProject, readPage, steady } from './scenario.ts'

let folder = ''
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'migrate-readme-')))
  installedProject(folder)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the commands of the README', () => {
  const page = readPage('README.md')

  test('print what the README shows, and write the revision that it shows', () => {
    const { differences, right } = follow(page, folder, 'app.db', { drawnIds: true })
    const file = readdirSync(join(folder, 'migrations'))[0] ?? ''
    const written = readFileSync(join(folder, 'migrations', file), 'utf8')
    const shown = blocksOf(page).find(({ text }) => text.startsWith('/**'))?.text ?? ''
    // `UPDATE_DOCS=1` writes it; look at it before you commit it.
    if (process.env.UPDATE_DOCS === '1')
      writeFileSync(
        join(root, 'README.md'),
        right.replace(shown, () => written),
      )
    else {
      expect(differences).toEqual([])
      expect(steady(shown, folder, true)).toBe(steady(written, folder, true))
    }
  })

  test('install what the revision and the schema import', () => {
    const install = [...page.matchAll(/^npm install (?:-D )?(.*)/gm)].flatMap(([, names = '']) => names.split(' '))
    const imported = [...page.matchAll(/ from '((?:@[^/']+\/)?[^/']+)/g)].map(([, name = '']) => name)
    expect(imported.filter((name) => !install.includes(name))).toEqual([])
    expect(install.filter((name) => !(name in installed))).toEqual([])
  })
})
