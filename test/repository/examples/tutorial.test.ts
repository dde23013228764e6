import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { root } from '../tree.ts'
import { blocksOf, follow, installed, installedProject, readPage, steady } from './scenario.ts'
import { type ServiceProcess, serviceIn } from './service-process.ts'

const path = 'docs/tutorial/getting-started.md'
const page = readPage(path)

let folder = ''
let service: ServiceProcess
beforeEach(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'migrate-tutorial-')))
  installedProject(folder)
  service = await serviceIn(folder)
})
afterEach(() => {
  service.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe('the tutorial', () => {
  test('is what happens when one follows it, and shows the revision that it writes', () => {
    const { differences, right } = follow(page, folder, 'production.db', { drawnIds: true, service })
    const file = readdirSync(join(folder, 'migrations')).find((name) => name.endsWith('_bookmarks.ts')) ?? ''
    const written = readFileSync(join(folder, 'migrations', file), 'utf8')
    const shown = blocksOf(page).find(({ text }) => text.startsWith('/**'))?.text ?? ''
    // `UPDATE_DOCS=1` writes what the commands print now into the page; look at it before you commit it.
    if (process.env.UPDATE_DOCS === '1')
      writeFileSync(
        join(root, path),
        right.replace(shown, () => written),
      )
    else {
      expect(differences).toEqual([])
      expect(steady(shown, folder, true)).toBe(steady(written, folder, true))
    }
  })

  test('needs no id that its reader would have to type', () => {
    const typed = blocksOf(page).flatMap(({ language, text }) =>
      language === 'console' ? [...text.matchAll(/^\$ (.*)$/gm)].map(([, command = '']) => command) : [],
    )
    expect(typed.length).toBeGreaterThan(12)
    expect(typed.filter((command) => /[0-9a-f]{6}/.test(command))).toEqual([])
  })

  test('installs every package that its files import, and its commands need', () => {
    const install = [...page.matchAll(/^npm install (?:-D )?(.*)$/gm)].flatMap(([, names = '']) => names.split(' '))
    const imported = [...page.matchAll(/ from '((?:@[^/']+\/)?[^./'][^/']*)/g)].map(([, name = '']) => name)
    expect(imported.filter((name) => !name.startsWith('node:') && !install.includes(name))).toEqual([])
    expect(install.sort()).toEqual(Object.keys(installed).sort())
  })

  test('that is wrong is noticed', () => {
    const beginning = page.slice(0, page.indexOf('## 6.'))
    const wrong = beginning
      .replace('"label" TEXT', '"label" INTEGER')
      .replace('Revisions applied: 1', 'Revisions applied: 2')
      .concat('```diff\n-nothing has this line\n+or this\n```\n')
    expect(follow(wrong, folder, 'production.db', { drawnIds: true, service }).differences).toHaveLength(3)
  })
})
